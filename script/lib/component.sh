# shellcheck shell=bash
# How a component gets into the cache: made in a folder beside, moved to its final name when it is whole.

# staging NAME: a fresh folder on the cache's own file system, so that the move into place is one rename.
staging() {
  local folder=$HOLDFAST_TOOLS/staging/$1
  rm -rf --one-file-system "$folder"
  mkdir -p "$folder"
  printf '%s' "$folder"
}

# place FOLDER TARGET: puts FOLDER in TARGET's place. A broken TARGET is moved aside first: something may still run from it.
place() {
  mkdir -p "$(dirname "$2")"
  if [ -e "$2" ]; then
    rm -rf --one-file-system "$2.old"
    mv "$2" "$2.old"
  fi
  mv "$1" "$2"
  rm -rf --one-file-system "$2.old"
}

# seconds_since START: for the one line a component prints.
seconds_since() { printf '%s s' "$((SECONDS - $1))"; }
