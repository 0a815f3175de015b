#!/usr/bin/env bash
# A job loses its machine and goes on on another: JuiceFS over MinIO, its metadata in a database. docs/demo.md says what it shows.
set -euo pipefail
# MinIO, the JuiceFS client and the databases are what tests run, too.
script/bootstrap --for test
# shellcheck source=script/lib/env.sh
. script/lib/env.sh
exec node "$(dirname "${BASH_SOURCE[0]}")/juicefs/main.ts" "$@"
