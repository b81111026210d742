package render

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// This file has how long something took, takes or is ago, in words.

// minTold is the shortest time worth telling.
const minTold = time.Second

// span writes whole seconds: 5s, 1m05s, 2h03m.
func span(d time.Duration) string {
	n := int(d / time.Second)
	switch {
	case n < 60:
		return fmt.Sprintf("%ds", n)
	case n < 3600:
		return fmt.Sprintf("%dm%02ds", n/60, n%60)
	}
	return fmt.Sprintf("%dh%02dm", n/3600, n/60%60)
}

// lasted writes a duration for people.
func lasted(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return span(d)
}

// within is a range of time in few digits: 2–5 min, 43 s – 4.5 min, 43 s.
func within(from, to time.Duration) string {
	unit, last := unitOf(from), unitOf(to)
	if from >= last.length { // 119 s are 2 min where the other end is so long
		unit = last
	}
	least, most := unit.number(from), last.number(to)
	switch {
	case unit != last:
		return least + " " + unit.name + " – " + most + " " + last.name
	case least != most:
		return least + "–" + most + " " + last.name
	}
	return most + " " + last.name
}

// timeUnit is what times are told in.
type timeUnit struct {
	length time.Duration
	name   string
}

// unitOf is the unit that suits a time.
func unitOf(d time.Duration) timeUnit {
	switch {
	case d >= 2*time.Hour:
		return timeUnit{time.Hour, "h"}
	case d >= 2*time.Minute:
		return timeUnit{time.Minute, "min"}
	}
	return timeUnit{time.Second, "s"}
}

// number is a time in a unit, to within 5 %.
func (u timeUnit) number(d time.Duration) string {
	n := float64(d) / float64(u.length)
	if n < 10 {
		return strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64)
	}
	return strconv.FormatFloat(math.Round(n), 'f', -1, 64)
}

// round writes a round time without what is zero in it: 2m, not 2m0s.
func round(d time.Duration) string {
	text := d.String()
	if d > 0 && d%time.Minute == 0 {
		text = strings.TrimSuffix(text, "0s")
	}
	if d > 0 && d%time.Hour == 0 {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// age is a time in its largest unit.
func age(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{365 * day, "year"}, {day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		switch n := int(d / unit.length); {
		case n == 1:
			return "1 " + unit.name
		case n > 1:
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "a moment"
}

// seconds is a duration in seconds, to the millisecond.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond).Milliseconds()) / 1000
}
