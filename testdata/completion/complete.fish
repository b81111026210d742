# fish complete.fish LINE...: what fish offers at the end of each line, which is printed first, after "== ".
fleet completion fish | source
for line in $argv
    echo "== $line"
    complete -C "$line"
end
