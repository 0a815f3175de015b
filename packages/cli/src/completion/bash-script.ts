/**
 * Bash splits words at `=` and `:`, so the script joins them before it asks and cuts its answers after. Nothing that was typed is
 * evaluated. Needs bash 4.3; the job's own command is completed by bash-completion where that is loaded.
 */
export const bashScript: string = String.raw`# bash completion of holdfast: source <(holdfast completion bash)
_holdfast() {
  local -a words=() starts=() lines=()
  local i word glue= first current cut
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ ( -n $glue || $word == [=:]* ) && \${#words[@]} -gt 0 ]]; then
      words[-1]+=$word
    else
      words+=("$word")
      starts+=("$i")
    fi
    glue=
    if [[ $word == *[=:] ]]; then glue=1; fi
  done
  current=\${words[-1]-}
  mapfile -t lines < <("\${COMP_WORDS[0]/#\~/$HOME}" __complete -- "\${words[@]}" 2> /dev/null)
  first=\${lines[0]-none}
  COMPREPLY=()
  case $first in
    'command '*)
      i=\${starts[\${first#command }]-$COMP_CWORD}
      if declare -F _comp_command_offset > /dev/null; then
        _comp_command_offset "$i"
      elif declare -F _command_offset > /dev/null; then
        _command_offset "$i"
      else
        compopt -o filenames 2> /dev/null
        if ((i == COMP_CWORD)); then
          mapfile -t COMPREPLY < <(compgen -c -- "$current" | sort -u)
        else
          mapfile -t COMPREPLY < <(compgen -f -- "$current")
        fi
      fi
      return
      ;;
    file)
      compopt -o filenames 2> /dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "\${current##*=}")
      return
      ;;
    directory)
      compopt -o filenames 2> /dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "\${current##*=}")
      return
      ;;
  esac
  cut=\${current%"\${current##*[=:]}"}
  for word in "\${lines[@]:1}"; do
    word=\${word%%$'\t'*}
    COMPREPLY+=("\${word#"$cut"}")
  done
}
complete -F _holdfast holdfast
`.replaceAll(String.raw`\$`, '$');
