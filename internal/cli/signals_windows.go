package cli

// IgnoreSignals has nothing to ignore: Windows has no such signals.
func IgnoreSignals() {}
