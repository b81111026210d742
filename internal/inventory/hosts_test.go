package inventory

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReplaceBlock(t *testing.T) {
	const block = hostsBegin + "\n203.0.113.1 a\n" + hostsEnd + "\n"
	crlf := strings.ReplaceAll(block, "\n", "\r\n")
	const old = hostsBegin + "\n203.0.113.9 old\n" + hostsEnd + "\n"
	for _, tt := range []struct{ name, file, want string }{
		{"an empty file", "", block},
		{"no block", "127.0.0.1\tlocalhost\n", "127.0.0.1\tlocalhost\n" + block},
		{"no block and no line end", "127.0.0.1 localhost", "127.0.0.1 localhost\n" + block},
		{"a block in the middle", "a \n\n" + old + "\n# z", "a \n\n" + block + "\n# z"},
		{"a block at the end without a line end", "a\n" + strings.TrimSuffix(old, "\n"), "a\n" + strings.TrimSuffix(block, "\n")},
		{"spaces after the markers", hostsBegin + " \nx\n" + hostsEnd + "\t\nz", block + "z"},
		{"the markers within other lines", "# x " + hostsBegin + "\n" + hostsEnd + "2\n", "# x " + hostsBegin + "\n" + hostsEnd + "2\n" + block},
		{"lines that end as on Windows", "a\r\n" + strings.ReplaceAll(old, "\n", "\r\n") + "z", "a\r\n" + crlf + "z"},
		{"no block, lines that end as on Windows", "a\r\nb", "a\r\nb\r\n" + crlf},
	} {
		got, err := ReplaceBlock([]byte(tt.file), []byte(block))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
		again, err := ReplaceBlock(got, []byte(block))
		if err != nil || string(again) != tt.want {
			t.Errorf("%s, again: got %q, %v", tt.name, again, err)
		}
	}
	for _, file := range []string{hostsBegin + "\n", "a\n" + hostsEnd, hostsEnd + "\n" + hostsBegin + "\n", old + old, old + hostsEnd} {
		if got, err := ReplaceBlock([]byte(file), []byte(block)); !errors.Is(err, ErrBlock) || got != nil {
			t.Errorf("%q: got %q, %v", file, got, err)
		}
	}
}

// What is before and after the block of a hosts file stays byte for byte.
func TestReplaceBlockKeepsTheRest(t *testing.T) {
	block, _ := write(t, "hosts", hostile())
	rapid.Check(t, func(t *rapid.T) {
		rest := rapid.StringMatching(`([ -~é\r\t\x00]{0,9}\n){0,3}`)
		before, after := rest.Draw(t, "before"), rest.Draw(t, "after")
		file := before + hostsBegin + "\n" + rest.Draw(t, "old") + hostsEnd + "\n" + after
		got, err := ReplaceBlock([]byte(file), []byte(block))
		if err != nil {
			t.Fatal(err)
		}
		middle, starts := strings.CutPrefix(string(got), before)
		middle, ends := strings.CutSuffix(middle, after)
		if !starts || !ends || strings.ReplaceAll(middle, "\r\n", "\n") != block {
			t.Errorf("got %q", got)
		}
	})
}
