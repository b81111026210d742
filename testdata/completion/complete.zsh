# zsh complete.zsh LINE...: what a terminal shows after two TABs at the end of each line, which is printed first, after "== ".
zmodload zsh/zpty
reads=$'\e''\[\?2004h*' # is what it writes when it begins to read keys
zpty shell zsh -f -i
zpty -w shell "PROMPT= LISTMAX=0; unsetopt promptsp beep; stty cols 200; autoload -Uz compinit; compinit -u -D; source <(fleet completion zsh); print REA''DY"
zpty -r -m shell seen "*READY*$reads"
for line; do
	zpty -n -w shell "$line"$'\t\t\x15' # the last key leaves the line again
	zpty -w shell "print EN''D"
	zpty -r -m shell seen "*END*$reads"
	print -r -- "== $line"
	print -r -- "$seen"
done
