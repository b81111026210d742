package fleet

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestBounds parses files that are made to cost: each ends soon, in little memory,
// and in a short error or a small fleet.
func TestBounds(t *testing.T) {
	const head = "version: 1\nservers:\n"
	bomb := "version: 1\nowns:\n  - &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'z'; c++ {
		bomb += fmt.Sprintf("  - &%c [%s]\n", c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 9), ", "))
	}
	wide := head + "  a0: &a { " + "y: 1"
	for i := range 2000 {
		wide += fmt.Sprintf(", k%d: 1", i)
	}
	wide += " }\n"
	for i := range 2000 {
		wide += fmt.Sprintf("  b%d: *a\n", i)
	}
	overlapping := head
	for i := range 2000 {
		overlapping += fmt.Sprintf("  a-[%d:9000]: {}\n", i+1)
	}
	tests := map[string]string{
		"overlapping ranges":  overlapping,
		"long former names":   head + "  a-[1:2000]: { renamed_from: \"" + strings.Repeat("{name}", 170) + "\" }\n",
		"alias bomb":          bomb + "servers: {}\n",
		"wide aliases":        wide,
		"long list by alias":  head + "  a: { reboot_on: &l [" + strings.Repeat("name,", 20_000) + "] }\n" + strings.Repeat("  b: { reboot_on: *l }\n", 2000),
		"many labels":         head + "  a: { labels: &l {" + strings.Repeat("a: b,", 20_000) + "} }\n" + strings.Repeat("  b: { labels: *l }\n", 2000),
		"deep flow":           head + strings.Repeat("[", 100_000),
		"deep flow, closed":   head + "  a: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"deep mappings":       head + "  a: " + strings.Repeat("{b: ", 9000) + strings.Repeat("}", 9000),
		"deep block":          head + "  a:\n   " + strings.Repeat("- ", 9000) + "x",
		"unknown keys":        strings.Repeat("a:\n", 20_000),
		"unknown fields":      head + "  a: {" + strings.Repeat("b, ", 20_000) + "}",
		"many ranges":         head + "  " + strings.Repeat("[1:9]", 60) + ": {}\n",
		"range of ranges":     head + "  " + strings.Repeat("[1:9]", 60_000) + ": {}\n",
		"long name":           head + "  " + strings.Repeat("a", 1<<20) + "-[1:200000]: {}\n",
		"long template":       head + "  a-[1:2000]: { hostname: \"" + strings.Repeat("{name}", 100_000) + "\" }\n",
		"long hostnames":      head + "  a-[1:2000]: { hostname: \"" + strings.Repeat("{name}", 170) + "\" }\n",
		"long line of errors": head + "  a: { " + strings.Repeat("plan: ~, ", 20_000) + "}\n",
		"bad value for many":  head + "  a-[1:2000]: { hostname: \"{name}_\" }\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := Parse(Text{"fleet.yaml", []byte(text)})
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Fatalf("parsed to %d servers", len(f.Servers))
			}
			if n := len(err.Error()); n > 20_000 {
				t.Errorf("the error has %d characters", n)
			}
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 256 {
				t.Errorf("took %d MB", mb)
			}
		})
	}
}

func TestTooManyItems(t *testing.T) {
	_, err := Parse(Text{"fleet.yaml", []byte("owns: [" + strings.Repeat("a,", maxTokens) + "]")})
	if err == nil || !strings.Contains(err.Error(), "too many items") {
		t.Errorf("got %v", err)
	}
}

func TestTooManyBytes(t *testing.T) {
	_, err := Parse(Text{"fleet.yaml", make([]byte, maxSize+1)})
	if err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("got %v", err)
	}
}

// TestReadingStops holds that not every one of a great many problems is kept.
func TestReadingStops(t *testing.T) {
	text := "version: 1\nservers:\n"
	for i := range 3000 {
		text += fmt.Sprintf("  a_%d: {}\n", i)
	}
	_, err := Parse(Text{"fleet.yaml", []byte(text)})
	problems, ok := err.(Problems)
	if !ok || len(problems) != maxProblems+1 || !strings.Contains(problems[0].Message, "too many problems") {
		t.Errorf("%d problems, first %v", len(problems), problems[0])
	}
}

func TestMostServers(t *testing.T) {
	f := mustParse(t, "version: 1\nservers:\n  a-[000001:200000]: { hostname: \"{name}.example.com\" }\n")
	if s, ok := f.Lookup("a-200000"); len(f.Servers) != maxServers || !ok || *s.Hostname != "a-200000.example.com" {
		t.Errorf("%d servers, last %+v", len(f.Servers), s)
	}
}
