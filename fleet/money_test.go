package fleet_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vps-fleet/fleet/fleet"
)

func TestMoney(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"0", "0.00"}, {"5", "5.00"}, {"5.0", "5.00"}, {"49.9", "49.90"}, {"0.007", "0.007"}, {"0.000001", "0.000001"},
		{"0.0069444444", "0.006944"}, {"0.29", "0.29"}, {"0.0069445", "0.006945"}, {"999999999999.999999", "999999999999.999999"},
		{"0.000000" + strings.Repeat("9", 99), "0.000001"},
		{"", "no"}, {"-1", "no"}, {"+1", "no"}, {"1e3", "no"}, {"05", "no"}, {"5.", "no"}, {".5", "no"}, {"NaN", "no"}, {"0x1", "no"},
		{"5,00", "no"}, {"$5", "no"}, {"1000000000000", "no"}, {"5\n", "no"},
	} {
		got := "no"
		if m, err := fleet.ParseMoney(test.text); err == nil {
			got = m.String()
		}
		if got != test.want {
			t.Errorf("%q is read as %s, want %s", test.text, got, test.want)
		}
	}
}

func TestMoneyAddsUpExactly(t *testing.T) {
	tenth, err := fleet.ParseMoney("0.1")
	if err != nil {
		t.Fatal(err)
	}
	var sum fleet.Money
	for range 30 {
		sum += tenth
	}
	if sum.String() != "3.00" || sum.Signed() != "+3.00" || (-sum).Signed() != "-3.00" || fleet.Money(0).Signed() != "0.00" || (tenth-sum).String() != "-2.90" {
		t.Errorf("30 × 0.1 is %s, %s, %s, %s, %s", sum, sum.Signed(), (-sum).Signed(), fleet.Money(0).Signed(), tenth-sum)
	}
}

func TestMoneyAsJSON(t *testing.T) {
	for _, want := range []string{"5.00", "-20.50", "0.007", "-0.01"} {
		var m fleet.Money
		if err := json.Unmarshal([]byte(want), &m); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(m); err != nil || string(got) != want {
			t.Errorf("%s became %s, %v", want, got, err)
		}
	}
	for _, bad := range []string{`"5.00"`, "1e99", "true", "{}"} {
		var m fleet.Money
		if err := json.Unmarshal([]byte(bad), &m); err == nil {
			t.Errorf("%s was taken for %s", bad, m)
		}
	}
}
