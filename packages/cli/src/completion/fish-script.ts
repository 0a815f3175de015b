export const fishScript: string = String.raw`# fish completion of holdfast: holdfast completion fish > ~/.config/fish/completions/holdfast.fish
function __holdfast_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l last (commandline -ct)
    set -l lines ($program __complete -- $words "$last" 2>/dev/null)
    set -l first $lines[1]
    set -e lines[1]
    switch "$first"
        case 'command *'
            set -l from (math (string replace 'command ' '' -- $first) + 1)
            set -l rest
            if test $from -le (count $words)
                set rest (string escape -- $words[$from..-1])
            end
            complete -C (string join ' ' -- $rest "$last")
        case file
            __fish_complete_path "$last"
        case directory
            __fish_complete_directories "$last"
    end
    if set -q lines[1]
        printf '%s\n' $lines
    end
end
complete -c holdfast -f -a '(__holdfast_complete)'
`;
