#!/bin/busybox sh
# shellcheck shell=dash
# The first program of script/vm's guest: mounts the host's root read-only, a file system in memory over it, and hands over to
# vm-guest-run.sh of the checkout. What goes wrong is said on the console, which script/vm shows when no status arrives.
export PATH=/bin
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /host /over
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do insmod "/modules/$module" || echo "vm: $module does not load"; done < /modules/order

# What script/vm put into the machine's firmware; /sys moves away below.
mkdir /given
for one in command keep modules program; do cat "/sys/firmware/qemu_fw_cfg/by_name/opt/org.holdfast/$one/raw" > "/given/$one" || exec poweroff -f; done

mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=1048576 host /host || exec poweroff -f
mount -t tmpfs -o size=75%,mode=755 over /over
mkdir /over/upper /over/work /over/root /over/tmp
mount -t overlay -o lowerdir=/host,upperdir=/over/upper,workdir=/over/work overlay /over/root || exec poweroff -f
cd /over/root || exec poweroff -f
for one in proc sys dev; do mount --move "/$one" "$one"; done
mount -t tmpfs -o mode=755,nosuid,nodev run run
mkdir -p run/holdfast-vm run/lock
cp /bin/busybox run/holdfast-vm/busybox
mkdir -p dev/pts dev/shm
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev shm dev/shm
# /tmp is the guest's own, and a real file system of it: an overlay cannot be the upper layer of another.
mount -t tmpfs -o mode=1777,nosuid,nodev,size=50% tmp /over/tmp
while read -r kept; do
  case $kept in /tmp/*) mkdir -p "/over/tmp${kept#/tmp}" && mount --bind "/over/root$kept" "/over/tmp${kept#/tmp}" ;; esac
done < /given/keep
mount --move /over/tmp tmp
cp /given/command /given/modules run/holdfast-vm/
program=$(cat /given/program)
exec switch_root /over/root /run/holdfast-vm/busybox sh "$program"
