# shellcheck shell=bash
# The checkout's own dependencies and build, when they are older than what they come from.

# The lock file's hash as it was when node_modules was made of it.
workspace_installed() {
  [ -d node_modules ] && [ "$(cat node_modules/.holdfast-lock 2> /dev/null)" = "$(lock_hash)" ]
}

lock_hash() { cat pnpm-lock.yaml package.json packages/*/package.json 2> /dev/null | sha256sum | cut -d' ' -f1; }

workspace_built() {
  local stamp=node_modules/.holdfast-built
  [ -e "$stamp" ] && [ -e packages/cli/lib/main.js ] &&
    [ -z "$(find packages/*/src script/bundle.mjs packages/*/tsconfig.json tsconfig*.json packages/*/package.json -newer "$stamp" -print -quit 2> /dev/null)" ]
}

ensure_workspace() {
  local start
  cd "$HOLDFAST_ROOT" || return
  [ -e package.json ] || return 0
  [ -e pnpm-lock.yaml ] || { say 'no pnpm-lock.yaml in this checkout: its dependencies are not installed'; return 0; }
  local PATH=$NODE_BIN:$PNPM_BIN:$PATH log=$HOLDFAST_TOOLS/staging/workspace.log
  export PATH
  # pnpm looks for the system's certificates, which a minimal system has not.
  ensure_certificates
  local SSL_CERT_FILE=$CERTIFICATES
  export SSL_CERT_FILE
  mkdir -p "${log%/*}"
  if ! workspace_installed; then
    start=$SECONDS
    # The store is in the cache: a second clone links its files instead of downloading them.
    CI=true pnpm install --frozen-lockfile --store-dir "$HOLDFAST_TOOLS/pnpm-store" > "$log" 2>&1 || { log_tail "$log" 20; die 'pnpm install --frozen-lockfile failed'; }
    lock_hash > node_modules/.holdfast-lock
    rm -f node_modules/.holdfast-built
    say "dependencies ($(seconds_since "$start"))"
  fi
  if ! workspace_built; then
    start=$SECONDS
    touch node_modules/.holdfast-building
    pnpm run build > "$log" 2>&1 || { log_tail "$log" 30; die 'pnpm run build failed'; }
    # The stamp is as old as the build's start: what is edited during it is built again.
    mv node_modules/.holdfast-building node_modules/.holdfast-built
    say "build ($(seconds_since "$start"))"
  fi
}
