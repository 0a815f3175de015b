# shellcheck shell=sh disable=SC2013,SC2016
# Process 1 of script/vm's guest, on its real root: brings control groups, names and modules, runs the command as root, and says its
# status. busybox's shell, since the guest's /bin/sh may be a file on a share that went away.
here=/run/holdfast-vm
box=$here/busybox
parameter() { sed -n "s/.*\\bholdfast\\.$1=\\([^ ]*\\).*/\\1/p" /proc/cmdline; }

# Modules as the kernel asks for them, of the kernel that runs and not of the host's.
printf '#!%s sh\ncase $1 in -q) shift ;; esac\n[ "$1" = -- ] && shift\nexec %s modprobe -q "$@"\n' "$box" "$box" > $here/modprobe
chmod 755 $here/modprobe
mkdir -p /lib/modules
ln -sfn "$(cat $here/modules)/$(uname -r)" "/lib/modules/$(uname -r)"
echo $here/modprobe > /proc/sys/kernel/modprobe

hostname holdfast-vm
ip link set lo up 2> /dev/null || $box ip link set lo up

cgroups_v2() {
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  for one in $(cat /sys/fs/cgroup/cgroup.controllers); do echo "+$one" > /sys/fs/cgroup/cgroup.subtree_control; done
}
cgroups_v1() {
  mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
  for one in cpu cpuacct cpuset memory freezer blkio pids devices; do
    mkdir "/sys/fs/cgroup/$one" && mount -t cgroup -o "$one" cgroup "/sys/fs/cgroup/$one"
  done
  mkdir /sys/fs/cgroup/systemd && mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
}
"cgroups_$(parameter cgroup)"

# port NAME: the device of one of the channels to script/vm.
port() { for one in /sys/class/virtio-ports/*; do [ "$(cat "$one/name" 2> /dev/null)" != "$1" ] || echo "/dev/${one##*/}"; done; }

finish() {
  echo "$1" > "$(port status)"
  sync
  $box poweroff -f
  # The machine takes a moment to be off.
  sleep 60
}

if [ "$(parameter interactive)" = 1 ]; then
  $box setsid -c sh -c ". $here/command" < /dev/hvc0 > /dev/hvc0 2>&1
  finish $?
fi
# Pipes, as a program expects them: a port can be opened once only.
mkfifo $here/out $here/err
cat $here/out > "$(port out)" & out=$!
cat $here/err > "$(port err)" & err=$!
sh $here/command < /dev/null > $here/out 2> $here/err
status=$?
# What the command left behind may hold its streams for ever.
(sleep 2; kill $out $err) 2> /dev/null &
wait $out $err
finish $status
