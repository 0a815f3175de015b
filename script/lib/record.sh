# shellcheck shell=bash
# What bootstrap found and brought, written down so that bin/holdfast need not ask again.

record_lines() {
  printf "export %s='%s'\n" HOLDFAST_TOOLS "$HOLDFAST_TOOLS" HOLDFAST_NODE "$NODE_BIN/node" HOLDFAST_CRIU "$CRIU_BIN/criu" \
    HOLDFAST_RUNC "$RUNC_BIN/runc" HOLDFAST_NATIVE "$NATIVE_BIN"
  if [ -n "${PEERS_BIN:-}" ]; then printf "export HOLDFAST_PEERS='%s'\n" "$PEERS_BIN"; fi
  if [ -n "${SERVERS_PATH:-}" ]; then printf "export HOLDFAST_SERVERS='%s'\n" "$SERVERS_PATH"; fi
  if [ -x "$JUICEFS_PROGRAM" ]; then printf "export HOLDFAST_JUICEFS='%s'\n" "$JUICEFS_PROGRAM"; fi
  if [ -x "$MINIO_PROGRAM" ]; then printf "export HOLDFAST_MINIO='%s'\n" "$MINIO_PROGRAM"; fi
  if [ -x "$MOTO_PROGRAM" ]; then printf "export HOLDFAST_MOTO='%s'\n" "$MOTO_PROGRAM"; fi
  if [ -d "$DOCKER_BIN" ]; then printf "export HOLDFAST_DOCKER='%s'\n" "$DOCKER_BIN"; fi
  if [ -n "${OLD_NODE:-}" ]; then printf "export HOLDFAST_OLD_NODE='%s'\n" "$OLD_NODE"; fi
  printf "HOLDFAST_PATH='%s'\n" "$NODE_BIN:$PNPM_BIN"
}

# The kernel is part of it: a probe's answer does not outlive a reboot into another one.
write_record() {
  local new=$HOLDFAST_RECORD.$$
  mkdir -p "$(dirname "$HOLDFAST_RECORD")"
  { record_lines; printf "HOLDFAST_KERNEL='%s'\n" "$(uname -r)"; } > "$new"
  mv "$new" "$HOLDFAST_RECORD"
}

print_env() {
  printf "export PATH='%s':\"\$PATH\"\n" "$NODE_BIN:$PNPM_BIN"
  record_lines | grep '^export'
}
