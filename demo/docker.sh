#!/usr/bin/env bash
# A container loses its node and goes on in a new container on another: two Dockers and two agents, one JuiceFS volume. docs/demo.md says what it shows.
set -euo pipefail
# Docker, MinIO, the JuiceFS client and the databases are what tests run, too.
script/bootstrap --for test
# shellcheck source=script/lib/env.sh
. script/lib/env.sh
exec node "$(dirname "${BASH_SOURCE[0]}")/docker/main.ts" "$@"
