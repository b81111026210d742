package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// didYouMean is a hint that names the candidate nearest to a word, or "".
func didYouMean[S ~string](word string, candidates []S) string {
	best, least := "", 1+max(1, len(word)/3)
	for _, c := range candidates {
		if d := Distance(word, string(c)); d < least {
			best, least = string(c), d
		}
	}
	if best == "" {
		for _, c := range candidates { // plan_id for plan, backups for backups_enabled
			if strings.HasPrefix(word, string(c)+"_") || strings.HasPrefix(string(c), word+"_") {
				best = string(c)
			}
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// nearest is the candidate with the least distance from a word.
func nearest(word string, candidates []string) string {
	return slices.MinFunc(candidates, func(a, b string) int { return cmp.Compare(Distance(word, a), Distance(word, b)) })
}

// Distance is the number of letters to insert, delete or replace to make b of a
// (Levenshtein). Long texts are just far apart.
func Distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
