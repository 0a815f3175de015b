#!/usr/bin/env bash
# A real program loses its machine twice and ends with the same bytes as if nothing had happened. docs/demo.md says what it shows.
set -euo pipefail
exec node "$(dirname "${BASH_SOURCE[0]}")/main.ts" "$@"
