package simulator

import (
	"strconv"
	"time"
)

// dice is the chance of a seed, or of one question about it. Answers depend on
// nothing but the seed and the question, so the order of asking does not matter.
type dice uint64

// of is the dice of one question.
func (d dice) of(question ...string) dice {
	h := uint64(d) ^ 14695981039346656037 // FNV-1a
	for _, word := range question {
		for i := range len(word) {
			h = (h ^ uint64(word[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	h ^= h >> 30 // and the end of splitmix64, for bits that are all equally good
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return dice(h ^ h>>31)
}

// at is the dice of the n-th time that a question comes up.
func (d dice) at(n int) dice { return d.of(strconv.Itoa(n)) }

// below is a number from 0 to n-1.
func (d dice) below(n int) int { return int(uint64(d) % uint64(n)) }

// percent is true in p of 100 cases.
func (d dice) percent(p int) bool { return d.below(100) < p }

// between is a duration of at least from and less than to.
func (d dice) between(from, to time.Duration) time.Duration {
	return from + time.Duration(uint64(d)%uint64(to-from))
}

func pick[T any](d dice, from ...T) T { return from[d.below(len(from))] }
