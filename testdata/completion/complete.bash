# bash complete.bash LINE...: what bash offers at the end of each line, which is printed first, after "== ".
source "$BASH_COMPLETION"
source <(fleet completion bash)
__fleet_debug() { if [[ $1 == "The completion directive is: "* ]]; then asked=${1##* }; fi; }
for COMP_LINE; do
	COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COMP_KEY=9
	read -ra COMP_WORDS <<<"$COMP_LINE"
	[[ $COMP_LINE == *" " ]] && COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	__start_fleet 2>/dev/null
	printf '== %s\n' "$COMP_LINE"
	printf '%s\n' "${COMPREPLY[@]}"
	if ((${#COMPREPLY[@]} == 0 && asked == 0)); then # then readline offers files
		compgen -f "${COMP_WORDS[-1]}"
	fi
done
