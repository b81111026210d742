package main

// mutant is one bug: in the function fn of package pkg, old becomes new. It fits as
// long as old stands in that function exactly once, wherever else the code moves.
type mutant struct {
	name   string
	breaks string // the mistake, in a sentence
	pkg    string // the folder, from the root of the module
	test   string // of that package: what catches it
	fn     string // Name, or Type.Name for a method
	old    string
	new    string
}

// table is the bugs that would cost most, and no more of them than each change can be
// held against. To add one, write it into the code, see a test of its own package fail,
// and put the two snippets here.
var table = []mutant{
	// A second server, or somebody else's.
	{"adopt-any-of-the-name", "Whatever new server has the name of an unanswered create is taken for the one it made.",
		"./apply", "TestUnfitServerIsNotAdopted", "poller.judgeResolve",
		`len(news) == 1 && x.create.Spec.Made(*news[0])`,
		`len(news) == 1`},
	{"forget-who-was-there", "A server that the plan knows is taken for the one that an unanswered create made.",
		"./apply", "TestKnownServerIsNotAdopted", "poller.judgeResolve",
		`!p.run.known[live.ID]`,
		`live.ID != ""`},
	{"one-list-is-enough", "One list after the window proves that a create made nothing, instead of two.",
		"./apply", "TestOneListProvesNothing", "poller.judgeResolve",
		`x.lacking > 0 && `,
		``},
	{"window-without-request", "The window of a killed run's create begins when it was noted, not when its request ended.",
		"./apply", "TestKilledRun", "windowEnd",
		`requestTimeout + window - age`,
		`window - age`},
	{"close-on-any-of-the-name", "Any server of the name closes the intent of a create.",
		"./apply", "TestUnfitServerIsNotAdopted", "shown",
		` && i.Fits(*found[0])`,
		``},
	{"forget-ambiguity", "A change that was once without an answer counts as failed when its last attempt is refused.",
		"./apply", "TestAmbiguousAttemptIsRemembered", "worker.refused",
		`w.ambiguous || vpsorg.Ambiguous(err)`,
		`vpsorg.Ambiguous(err)`},
	{"create-a-name-that-lives", "A server is created although the newest list has one of the name.",
		"./apply", "TestNamesAreReadAgainAfterALapse", "run.taken",
		`name == "" || !lives`,
		`name == "" || !lives || c.Action() == planner.ActionCreate`},
	{"retry-create", "The transport may send a create a second time.",
		"./vpsorg", "TestNothingCanReplayABody", "Client.newRequest",
		`req.GetBody = nil`,
		`_ = req.GetBody`},
	{"trust-short-list", "A list with fewer entries than it counts is taken for complete.",
		"./vpsorg", "TestIncompleteLists", "list.join",
		`len(items) != count`,
		`len(items) > count`},
	{"announce-after-sending", "A create is sent before its intent is in the store.",
		"./internal/state", "TestWritesOfAThousandCreates", "leasedState.durably",
		`if l.isDurable(n) {`,
		`if n > 0 {`},
	{"drop-fsync", "An intent is not synced before its create is sent.",
		"./internal/state", "TestBegunIntentsOutliveACrash", "journal.sync",
		`err := log.Sync()`,
		`var err error; _ = log`},

	// Data that is gone for good.
	{"delete-unread", "A server is deleted without reading it once more.",
		"./apply", "TestDeleteOfWhatHasEnded", "worker.check",
		`w.change.Action() != planner.ActionDelete && !read`,
		`true`},
	{"delete-after-a-pause", "A server is deleted by what was read before its delete had to queue for minutes.",
		"./apply", "TestDeleteAfterAPauseReadsAgain", "worker.leave",
		`!w.stale && `,
		`w.stale && `},
	{"delete-whatever-has-the-id", "A server is deleted although it has changed since it was approved.",
		"./planner", "TestCompare", "compareDelete",
		`!ok {`,
		`!ok && why.Code == CodeStatus {`},
	{"believe-404", "One 404 is taken for the end of a server.",
		"./apply", "TestGoneIsWhatNoListShows", "worker.checkGone",
		`w.gone(ctx)`,
		`ctx.Err() == nil, error(nil)`},
	{"target-widens-deletes", "With --target, unlisted servers that it does not name are deleted too.",
		"./planner", "TestSelectionOnlyNarrows", "Diff",
		`sel.IncludesUnlisted(s.Name)`,
		`s.Name != ""`},
	{"deletes-without-limit", "A file that says nothing of max_deletes allows any number.",
		"./planner", "TestViolations", "Plan.Violations",
		`deleteLimit.Set = true`,
		`deleteLimit.Set = p.Guards.MaxDeletes.Set`},

	// More at once, or once more, than was asked for.
	{"retry-reboot", "A reboot whose answer was lost is sent again.",
		"./apply", "TestAnUnclearRebootIsNotRepeated", "worker.leavesNoTrace",
		` || w.change.Action() == planner.ActionReboot`,
		``},
	{"repeat-unclear-reboot", "A reboot that nobody knows to have been taken is planned again.",
		"./planner", "TestOwedReboot", "differ.powerOf",
		`owes && !owed.Unclear`,
		`owes && owed.ID != ""`},
	{"budget-of-the-plan", "Only servers that are being disrupted count as away.",
		"./apply/rollout", "TestDecide", "tally.look",
		`case !m.Available():`,
		`case !m.Available() && m.New:`},
	{"past-a-failed-canary", "A rollout goes on although a server of its first step has failed.",
		"./apply/rollout", "TestDecide", "tally.halted",
		`len(g.failed) > g.Policy.MaxFailures || canary && len(g.failed) > 0`,
		`len(g.failed) > g.Policy.MaxFailures || canary && len(g.failed) > g.Policy.MaxFailures`},

	// Somebody else's turn, account or eyes.
	{"change-without-lease", "A change is sent without asking whether the lease is still held.",
		"./apply", "TestStoreThatIsGoneForAWhile", "run.mayLeave",
		`r.State.MayChange(); err != nil`,
		`r.State.MayChange(); err == ErrLocked`},
	{"lease-to-its-end", "Changes are sent until the lease ends, and may still be on the wire then.",
		"./internal/state", "TestLeaseLapsesBeforeItEnds", "leasedState.MayChange",
		`l.store.timing.ttl-l.store.timing.margin`,
		`l.store.timing.ttl`},
	{"wrong-account", "A fleet file is applied to whatever account the token is of.",
		"./apply", "TestRefusals", "Input.check",
		`f.Account != seen.Account`,
		`seen.Account == ""`},
	{"show-token", "The API repeats the token, and an error shows it.",
		"./vpsorg", "TestTokenIsNeverShown", "Client.redact",
		`strings.ReplaceAll(text, c.cfg.Token, "[token]")`,
		`text`},
}
