package render

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/vps-fleet/fleet/internal/inventory"
)

// Server shows all that is known of one server, as of now.
func Server(d inventory.Detail, now time.Time, s Style) string {
	var b strings.Builder
	b.WriteString(s.paint(bold, Escape(d.Name)) + " (" + Escape(d.ID) + ")  " + s.paint(cellColor("status", d.Status, false), Escape(d.Status)) + "\n\n")
	for _, f := range properties(d, now) {
		if f.text != "" {
			for i, l := range s.folded([]line{s.line(plain, Escape(f.text))}, s.width()-propertyWidth) {
				title := s.line(dim, f.title)
				if i > 0 {
					title = line{}
				}
				b.WriteString(title.pad(propertyWidth).text + l.text + "\n")
			}
		}
	}
	if u := d.Usage; u != nil {
		b.WriteString("\n")
		s.usage(&b, "CPU", u.CPUPercent, 100, "%")
		s.usage(&b, "memory", u.MemoryUsed, float64(d.Memory), "MB")
		s.usage(&b, "disk", u.DiskUsed, float64(d.Storage), "GB")
		s.usage(&b, "bandwidth", u.BandwidthUsed, float64(d.Bandwidth), "GB this month")
	}
	if items := s.sectionItems(review{}, section{meaning: meaning{color: amber}, Groups: groupsOf(each(d.Differences, driftFact))}); len(items) > 0 {
		b.WriteString("\n" + s.Title("Drift") + "\n")
		s.items(&b, items, s.columnsFor(items))
	}
	return b.String()
}

// propertyWidth is the column in which the properties of a server begin.
const propertyWidth = 12

// property is one line about a server; nothing is said where the text is empty.
type property struct{ title, text string }

func properties(d inventory.Detail, now time.Time) []property {
	price, backups := "", ""
	if d.Monthly != nil {
		price = d.Monthly.String() + " a month"
	}
	if d.BackupsEnabled != nil {
		backups = onOff(*d.BackupsEnabled)
	}
	return []property{
		{"IPv4", addressOrNone(d.IPv4)},
		{"IPv6", addressOrNone(d.IPv6)},
		{"hostname", cmp.Or(d.Hostname, "none")},
		{"location", d.Location},
		{"plan", d.Plan.String() + size(d)},
		{"os", d.OS.String()},
		{"price", price},
		{"backups", backups},
		{"labels", strings.Join(labelTexts(d.Labels), ", ")},
		{"listed", cmp.Or(d.Listed, "unlisted")},
		{"created", dated(d.CreatedAt, now)},
		{"updated", dated(d.UpdatedAt, now)},
	}
}

func addressOrNone(a netip.Addr) string {
	if !a.IsValid() {
		return "none"
	}
	return a.String()
}

// size is what a plan gives, as far as the API tells.
func size(d inventory.Detail) string {
	if d.VCPUs == 0 {
		return ""
	}
	text := fmt.Sprintf(": %d vCPU, %d MB memory, %d GB storage", d.VCPUs, d.Memory, d.Storage)
	if d.Bandwidth > 0 {
		text += fmt.Sprintf(", %d GB bandwidth a month", d.Bandwidth)
	}
	return text
}

// dated is a time with how long ago it was. What is no time stays as the API wrote it.
func dated(text string, now time.Time) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	if ago := now.Sub(t); ago >= 0 {
		text += " (" + age(ago) + " ago)"
	}
	return text
}

// barWidth is how many characters a bar has.
const barWidth = 20

// usage writes how much of something is used, with a bar where it is known of how much.
func (s Style) usage(b *strings.Builder, what string, used, of float64, unit string) {
	amount := strconv.FormatFloat(used, 'f', -1, 64)
	c := green
	switch {
	case of <= 0:
		fmt.Fprintf(b, "%s%s %s\n", s.line(dim, what).pad(propertyWidth).text, amount, unit)
		return
	case used/of >= 0.9:
		c = red
	case used/of >= 0.75:
		c = amber
	}
	if unit != "%" {
		amount += fmt.Sprintf(" of %g", of)
	}
	text := fmt.Sprintf(" %s %s", amount, unit)
	length := max(0, min(barWidth, s.width()-propertyWidth-len("[]")-width(text)))
	full := max(0, min(length, int(used/of*float64(length)+0.5)))
	bar := "[" + s.paint(c, strings.Repeat("#", full)) + strings.Repeat("-", length-full) + "]"
	b.WriteString(s.line(dim, what).pad(propertyWidth).text + bar + text + "\n")
}
