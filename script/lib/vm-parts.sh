# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# What script/vm boots: qemu, a kernel with its modules, and the first file system of the guest; Debian's, in a private root, not
# installed. Sets VM_QEMU, VM_KERNEL_IMAGE, VM_MODULES, VM_INITRD.

# What these packages name as a dependency and nothing here runs.
VM_NEEDLESS='linux-base initramfs-tools init-system-helpers dpkg libgcc-s1:same qemu-system-gui ovmf ipxe-qemu'
# Modules without which the guest does not find its root, in the first file system; all others lie on that root.
VM_EARLY_MODULES='virtio_pci virtio_console virtio-rng qemu_fw_cfg 9pnet_virtio 9p overlay'

vm_parts_are_there() { [ -x "$VM_QEMU" ] && [ -s "$VM_KERNEL_IMAGE" ] && "$VM_QEMU" --version > /dev/null 2>&1; }

# vm_archive FOLDER FILE BUSYBOX: FOLDER as an initramfs; not every system has a cpio.
vm_archive() { (cd "$1" && find . | "$3" cpio -o -H newc | gzip -1 > "$2"); }

# make_initrd HOME: busybox, the early modules in the order they are loaded in, and the first program, which names the file.
make_initrd() {
  local root=$1/root tree module
  tree=$(staging vm-initrd)
  mkdir -p "$tree/bin" "$tree/modules"
  cp "$root/bin/busybox" "$tree/bin/busybox"
  for module in $VM_EARLY_MODULES; do
    vm_kmod "$root" modprobe -d "$root" -S "$(vm_kernel_of "$root")" --show-depends "$module" || return 1
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while IFS= read -r module; do
    cp "$module" "$tree/modules/" && basename "$module"
  done > "$tree/modules/order" || return 1
  install -m 755 "$HOLDFAST_LIB/vm-guest-init.sh" "$tree/init"
  vm_archive "$tree" "$VM_INITRD.new" "$root/bin/busybox" && mv "$VM_INITRD.new" "$VM_INITRD"
  rm -rf --one-file-system "$tree"
}

vm_kernel_of() { basename "$(find "$1/usr/lib/modules" -mindepth 1 -maxdepth 1 -print -quit)"; }

# vm_kmod ROOT NAME ARGUMENT...: kmod of ROOT, which looks at the name it is called by.
vm_kmod() {
  local root=$1 name=$2 start
  shift 2
  start=$(private_program "$root")
  eval "$start --argv0 $name '$root/bin/kmod' \"\$@\""
}

bring_vm() {
  local home=$1 folder start=$SECONDS needless root kernel
  read -r -d '' -a needless <<< "$VM_NEEDLESS" || true
  folder=$(staging vm)
  private_apt_suite "$folder" "$VM_SUITE" "${needless[@]}" || { log_tail "$folder/apt.log" 3; return 1; }
  if ! private_download "qemu-system-x86=$VM_QEMU_VERSION" "linux-image-$VM_KERNEL=$VM_KERNEL_VERSION" busybox-static kmod; then
    private_download qemu-system-x86 linux-image-amd64 busybox-static kmod || { log_tail "$folder/apt.log" 3; return 1; }
    say "Debian $VM_SUITE has no longer the kernel $VM_KERNEL_VERSION: taking the one it has"
  fi
  mkdir "$folder/home"
  root=$folder/home/root
  private_unpack "$root"
  ln -s usr/lib "$root/lib"
  kernel=$(vm_kernel_of "$root")
  # Most of a kernel's modules drive hardware that no virtual machine has.
  (cd "$root/usr/lib/modules/$kernel/kernel" && rm -rf sound drivers/{gpu,media,iio,staging,infiniband,isdn,usb,hid,input,hwmon,scsi,mtd,platform,bluetooth,net/{wireless,ethernet,can,usb}} net/{wireless,mac80211,bluetooth})
  mv "$root/boot/vmlinuz-$kernel" "$folder/home/kernel"
  vm_kmod "$root" depmod -b "$root" "$kernel" || return 1
  place "$folder/home" "$home"
  rm -rf --one-file-system "$folder"
  write_program "$home/qemu" "QEMU_MODULE_DIR='$home/root/usr/lib/$HOLDFAST_ARCH-linux-gnu/qemu'" 'export QEMU_MODULE_DIR' \
    "exec $(private_program "$home/root") '$home/root/usr/bin/qemu-system-$HOLDFAST_ARCH' -L '$home/root/usr/share/qemu' -L '$home/root/usr/share/seabios' \"\$@\""
  say "qemu and the kernel $kernel of Debian $VM_SUITE in a private root, for script/vm ($(seconds_since "$start"))"
}

# ensure_vm: what is fetched, under its versions; the first file system, under its program's digest.
ensure_vm() {
  local home=$HOLDFAST_TOOLS/vm/$VM_KERNEL_VERSION
  VM_QEMU=$home/qemu VM_KERNEL_IMAGE=$home/kernel VM_MODULES=$home/root/usr/lib/modules
  VM_INITRD=$home/initrd-$(printf '%s' "$VM_EARLY_MODULES" | cat - "$HOLDFAST_LIB/vm-guest-init.sh" | sha256sum | cut -c1-12).gz
  if [ -s "$VM_INITRD" ] && vm_parts_are_there; then return 0; fi
  mkdir -p "$HOLDFAST_TOOLS/vm"
  # A shell of its own for what would end the script; the lock is bootstrap's, which clears away what half-made parts lie about.
  (
    exec 9> "$HOLDFAST_TOOLS/lock"
    flock 9
    vm_parts_are_there || bring_vm "$home" || exit 1
    [ -s "$VM_INITRD" ] || make_initrd "$home"
  )
  [ -s "$VM_INITRD" ] && vm_parts_are_there
}
