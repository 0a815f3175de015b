export const zshScript: string = String.raw`#compdef holdfast
# zsh completion of holdfast: holdfast completion zsh > "\${fpath[1]}/_holdfast"
_holdfast() {
  local -a lines values
  local first line
  lines=("\${(@f)$("\${words[1]/#\~/$HOME}" __complete -- "\${(@)words[2,CURRENT]}" 2> /dev/null)}")
  first=\${lines[1]:-none}
  shift lines
  case $first in
    'command '*)
      local skipped=$(( \${first#command } + 1 ))
      shift $skipped words
      (( CURRENT -= skipped ))
      _normal
      return
      ;;
    file) _files && return ;;
    directory) _files -/ && return ;;
  esac
  for line in $lines; do
    if [[ $line == *$'\t'* ]]; then
      values+=("\${\${line%%$'\t'*}//:/\\:}:\${line#*$'\t'}")
    else
      values+=("\${line//:/\\:}")
    fi
  done
  _describe -t values holdfast values
}
if [[ \${funcstack[1]} == _holdfast ]]; then
  _holdfast "$@"
else
  compdef _holdfast holdfast
fi
`.replaceAll(String.raw`\$`, '$');
