#!/bin/bash
# script/vm --check, inside the guest: what docs/vm.md says of it, each as a line. Its status is 1 where one fails.
passed=0 failed=0
# check NAME COMMAND...
check() {
  local name=$1
  shift
  if "$@" > /dev/null 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "not so: $name"; fi
}
# A page that was written to after the bits were cleared is marked: bit 55 of its entry in the page map.
soft_dirty() {
  perl -e 'my $page = "x" x 8192; open my $clear, ">", "/proc/self/clear_refs" or die; syswrite $clear, "4" or die; close $clear;
    substr($page, 4096, 1) = "y"; my $address = unpack("J", pack("p", $page)) + 4096;
    open my $map, "<:raw", "/proc/self/pagemap" or die; sysseek $map, ($address >> 12) * 8, 0; sysread $map, my $entry, 8;
    exit(unpack("Q", $entry) >> 55 & 1 ? 0 : 1)'
}
all_capabilities() { [ "$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)" = "$(printf '%016x' $(((1 << ($(cat /proc/sys/kernel/cap_last_cap) + 1)) - 1)))" ]; }
freezer() {
  mkdir /sys/fs/cgroup/check && sleep 60 &
  local child=$!
  wait_for 'test -d /sys/fs/cgroup/check'
  echo "$child" > /sys/fs/cgroup/check/cgroup.procs && echo 1 > /sys/fs/cgroup/check/cgroup.freeze &&
    wait_for 'grep -qx "frozen 1" /sys/fs/cgroup/check/cgroup.events'
}
wait_for() { for _ in {1..50}; do if eval "$1"; then return 0; fi; sleep 0.1; done; return 1; }

echo "kernel $(uname -r), $(nproc) processor(s), up for $(cut -d' ' -f1 /proc/uptime) s"
check 'another kernel than the older 6.1 is no guest of ours' test "$(uname -r | cut -d. -f1,2)" = 6.1
check 'root has every capability, CAP_SYS_RESOURCE among them' all_capabilities
check 'soft-dirty bits' soft_dirty
check 'control groups of version 2 alone, with memory and pids' grep -q 'memory.*pids' /sys/fs/cgroup/cgroup.subtree_control
check 'a control group that is frozen says so' freezer
check 'overlayfs on the guest'"'"'s /tmp' eval 'mkdir -p /tmp/{a,b,c,d} && mount -t overlay -o lowerdir=/tmp/a,upperdir=/tmp/b,workdir=/tmp/c overlay /tmp/d'
check 'NFS 4.1' eval 'grep -q "nfs4\$" /proc/filesystems || { modprobe nfsv4 || /run/holdfast-vm/busybox modprobe nfsv4; }'
check 'FUSE' /run/holdfast-vm/busybox modprobe fuse
check 'user faults (userfaultfd)' perl -e 'exit(syscall(323, 1) >= 0 ? 0 : 1)'
check 'the checkout, in which nothing that is written outlasts the guest' eval 'test -x script/vm && touch script/written-by-the-guest'
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
