# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# Node and pnpm. Sets NODE_BIN and PNPM_BIN, the folders that hold them.

node_major() { "$1" -p 'process.versions.node.split(".")[0]' 2> /dev/null || echo 0; }

# bring_node VERSION INTEGRITY: the registry carries Node's own binaries as ordinary packages.
bring_node() {
  local target=$HOLDFAST_TOOLS/node/$1 start=$SECONDS folder
  if [ "$("$target/bin/node" --version 2> /dev/null)" = "v$1" ]; then return 0; fi
  folder=$(staging "node-$1")
  npm_tarball "node-linux-$NPM_ARCH" "$1" "$2" "$folder"
  chmod 755 "$folder/package/bin/node"
  [ "$("$folder/package/bin/node" --version 2>&1)" = "v$1" ] || die "Node $1 does not run here: $("$folder/package/bin/node" --version 2>&1 | tail -n 1)"
  place "$folder/package" "$target"
  say "Node $1 ($(seconds_since "$start"))"
}

ensure_node() {
  local system
  system=$(command -v node || true)
  if [ -n "$system" ] && [ "$(node_major "$system")" -ge "$NODE_MAJOR" ]; then
    NODE_BIN=$(dirname "$system")
    return 0
  fi
  bring_node "$NODE_VERSION" "$NODE_SHA512"
  NODE_BIN=$HOLDFAST_TOOLS/node/$NODE_VERSION/bin
}

ensure_pnpm() {
  local target=$HOLDFAST_TOOLS/pnpm/$PNPM_VERSION start=$SECONDS folder
  PNPM_BIN=$target/bin
  # From `/`: in a workspace pnpm reads the project's files before it tells its version.
  if [ "$(cd / && "$PNPM_BIN/pnpm" --version 2> /dev/null)" = "$PNPM_VERSION" ]; then return 0; fi
  folder=$(staging "pnpm-$PNPM_VERSION")
  # The platform's own package is the whole program; the one named pnpm only picks it by an install script.
  npm_tarball "@pnpm/exe.linux-$NPM_ARCH" "$PNPM_VERSION" "$PNPM_SHA512" "$folder"
  mkdir "$folder/pnpm" "$folder/pnpm/bin"
  install -m 755 "$folder/package/pnpm" "$folder/pnpm/bin/pnpm"
  [ "$(cd / && "$folder/pnpm/bin/pnpm" --version 2>&1)" = "$PNPM_VERSION" ] || die "pnpm $PNPM_VERSION does not run here"
  place "$folder/pnpm" "$target"
  say "pnpm $PNPM_VERSION ($(seconds_since "$start"))"
}
