# shellcheck shell=bash
# To be sourced by the other scripts after script/bootstrap: the tools of this checkout in the environment, its Node and pnpm
# first on PATH.

# shellcheck source=script/lib/paths.sh
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"
[ -r "$HOLDFAST_RECORD" ] || { echo 'run script/bootstrap first' >&2; exit 1; }
# shellcheck source=/dev/null
. "$HOLDFAST_RECORD"
export PATH="$HOLDFAST_PATH:$PATH"
