# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# Where things are: the checkout, the cache that all checkouts share, and this checkout's record in it.

HOLDFAST_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
HOLDFAST_ROOT=$(cd "$HOLDFAST_LIB/../.." && pwd -P)
# Outside the checkout: a fresh clone must not download everything again.
HOLDFAST_TOOLS=${HOLDFAST_TOOLS:-${HOME:-/root}/.cache/holdfast-tools}
HOLDFAST_ARCH=$(uname -m)
# One file a checkout, named after its path: two checkouts of different revisions share the cache, not the record.
HOLDFAST_RECORD=$HOLDFAST_TOOLS/env/${HOLDFAST_ROOT//\//%}
