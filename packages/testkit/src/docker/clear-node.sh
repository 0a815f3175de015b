#!/bin/sh
# clear-node.sh kill|remove|watch FOLDER CGROUP: ends what one test's Docker left on this machine. FOLDER has its data, its sockets and
# all else; CGROUP is the control group that its containers are in, in each hierarchy.
#   kill    SIGKILL to every process of it, until none is left: its containers', and those whose command line names the folder
#   remove  kill, then what it mounted, its control groups and the folder
#   watch   remove, once standard input ends: the test let go of it, or died
what=$1 folder=$2 cgroup=$3

# The script's own command lines name the folder, too; that of this grep shall not.
pids() {
  cat /sys/fs/cgroup/*/"$cgroup"/cgroup.procs /sys/fs/cgroup/*/"$cgroup"/*/cgroup.procs "/sys/fs/cgroup/$cgroup"/*/cgroup.procs 2> /dev/null
  echo "$folder/" | grep -lF -f - /proc/[0-9]*/cmdline 2> /dev/null | while IFS=/ read -r _ _ pid _; do
    [ "$pid" = $$ ] || grep -qzF clear-node.sh "/proc/$pid/cmdline" 2> /dev/null || echo "$pid"
  done
}

kill_all() {
  tries=0
  while [ $tries -lt 100 ]; do
    # A frozen process takes no signal before it is thawed.
    for state in /sys/fs/cgroup/*/"$cgroup"/*/freezer.state; do [ ! -e "$state" ] || echo THAWED > "$state"; done 2> /dev/null
    for state in "/sys/fs/cgroup/$cgroup"/*/cgroup.freeze; do [ ! -e "$state" ] || echo 0 > "$state"; done 2> /dev/null
    found=$(pids)
    [ -n "$found" ] || return 0
    # shellcheck disable=SC2086 # a list of numbers
    kill -9 $found 2> /dev/null
    tries=$((tries + 1))
    sleep 0.05
  done
  echo "clear-node.sh: still there after SIGKILL:" $found >&2
  return 1
}

# Those below others first: later lines of mountinfo are above earlier ones.
unmount_all() {
  awk -v below="$folder/" 'index($5 "/", below) == 1 { print $5 }' /proc/self/mountinfo | tac | while IFS= read -r place; do
    umount "$place" 2> /dev/null || umount --lazy "$place" 2> /dev/null
  done
  ! awk -v below="$folder/" 'index($5 "/", below) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo
}

remove() {
  kill_all || return 1
  # A shim's socket lies outside; the shim's folder names it.
  for address in "$folder"/exec/containerd/daemon/*/moby/*/address; do [ ! -e "$address" ] || rm -f "$(sed 's,^unix://,,' "$address")"; done
  tries=0
  until unmount_all; do
    tries=$((tries + 1))
    [ $tries -lt 20 ] || { echo "clear-node.sh: $folder still has mounts: left as it is" >&2; return 1; }
    sleep 0.1
  done
  for group in /sys/fs/cgroup/*/"$cgroup" "/sys/fs/cgroup/$cgroup"; do
    [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2> /dev/null
  done
  for tries in 1 2 3 4 5; do rm -rf --one-file-system "$folder" && return 0; sleep 0.2; done
  return 1
}

case $what in
  kill) kill_all ;;
  remove) remove ;;
  watch) read -r _; remove ;;
esac
