# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# Does this CRIU dump and restore on this kernel? Answered by doing it.

# criu_works CRIU: 0 when a process with sockets was dumped, restored and went on; the reason is in CRIU_REASON otherwise.
criu_works() {
  local folder status=0
  folder=$(mktemp -d)
  # --kill-child: nothing of the probe outlives it. The private mount namespace takes with it what a killed `criu restore`
  # leaves mounted, among that the host's cgroup hierarchies: without it, removing the folder would walk into them.
  CRIU_REASON=$(timeout -k 5 70 unshare --mount --propagation private --net --pid --fork --kill-child --mount-proc \
    bash "$HOLDFAST_LIB/criu-probe.sh" "$1" "$folder" 2>&1) || status=$?
  rm -rf --one-file-system "$folder"
  [ "$status" -ne 124 ] || CRIU_REASON='timed out'
  return "$status"
}
