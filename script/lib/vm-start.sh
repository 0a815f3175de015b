# shellcheck shell=bash disable=SC2154,SC2054,SC2016 # the options are those of script/vm
# One guest of script/vm, from its start to its status. Everything that the guest is given comes by descriptors, and what it says goes
# to files without a name: a script/vm that is killed leaves nothing, and qemu dies with it.

# vm_acceleration: the processor's own help where it has it. /dev/kvm alone tells too little: under some hypervisors it opens, and a
# guest never gets beyond its first instructions.
vm_acceleration() {
  if [ "$emulate" = false ] && [ -w /dev/kvm ] && grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; then
    printf '%s\n' -accel kvm -cpu host
  else
    printf '%s\n' -accel tcg,thread=single -cpu max
    if [ "$steady" = true ]; then printf '%s\n' -icount shift=1; fi
  fi
}

# vm_command ARGUMENT...: the script that the guest runs: the caller's folder and environment, then the command.
vm_command() {
  printf 'cd %q || exit 125\n' "$PWD"
  printf 'export HOME=%q PATH=%q TERM=%q LC_ALL=C.UTF-8 HOLDFAST_TOOLS=%q HOLDFAST_VM=1\n' "${HOME:-/root}" "$PATH" "${TERM:-dumb}" "$HOLDFAST_TOOLS"
  # The tools are this machine's; bin/holdfast would bring others for another kernel.
  if [ -e "$HOLDFAST_RECORD" ]; then printf 'sed -i "s/^HOLDFAST_KERNEL=.*/HOLDFAST_KERNEL=$(uname -r)/" %q\n' "$HOLDFAST_RECORD"; fi
  if [ $# -eq 0 ]; then printf 'exec bash -i\n'; else printf 'exec'; printf ' %q' "$@"; printf '\n'; fi
}

# unnamed: opens a file that has no name, as qemu wants it: for writing alone. Sets UNNAMED to its descriptor.
unnamed() {
  local file
  file=$(mktemp)
  exec {UNNAMED}>> "$file"
  rm "$file"
}

start_vm() {
  local acceleration status_fd console_fd status interactive=0 channels out_fd err_fd writer writers=()
  [ $# -gt 0 ] || interactive=1
  mapfile -t acceleration < <(vm_acceleration)
  unnamed; status_fd=$UNNAMED
  if [ "$console" = true ]; then
    exec {console_fd}> >(exec cat >&2); writers+=("$!")
  else
    unnamed; console_fd=$UNNAMED
  fi
  if [ "$interactive" = 1 ]; then
    channels=(-chardev stdio,id=shell,signal=off -device virtconsole,chardev=shell)
  else
    # qemu takes neither a standard stream nor a terminal for a file that it writes: a pipe each.
    exec {out_fd}> >(exec cat); writers+=("$!")
    exec {err_fd}> >(exec cat >&2); writers+=("$!")
    channels=(-add-fd "fd=$out_fd,set=1" -add-fd "fd=$err_fd,set=2"
      -chardev file,id=out,path=/dev/fdset/1,append=on -device virtserialport,chardev=out,name=out
      -chardev file,id=err,path=/dev/fdset/2,append=on -device virtserialport,chardev=err,name=err)
  fi
  status=0
  # The kernel tests its timer against a loop that it counts, and panics where this machine is too busy to bring the tick in time.
  # The death of a parent ends the child: of this shell, then of timeout.
  setpriv --pdeathsig KILL timeout --foreground --kill-after 5 "$timeout" setpriv --pdeathsig KILL "$VM_QEMU" \
    -name holdfast-vm -nodefaults -no-user-config -display none -no-reboot -machine q35,hpet=off "${acceleration[@]}" \
    -smp "$cpus" -m "$memory" -nic none -device virtio-rng-pci \
    -kernel "$VM_KERNEL_IMAGE" -initrd "$VM_INITRD" \
    -append "console=ttyS0 quiet panic=-1 no_timer_check holdfast.cgroup=$cgroup holdfast.interactive=$interactive" \
    -fw_cfg name=opt/org.holdfast/command,file=<(vm_command "$@") \
    -fw_cfg name=opt/org.holdfast/keep,file=<(printf '%s\n' "$HOLDFAST_ROOT" "$HOLDFAST_TOOLS" "$PWD") \
    -fw_cfg name=opt/org.holdfast/modules,file=<(printf '%s' "$VM_MODULES") \
    -fw_cfg name=opt/org.holdfast/program,file=<(printf '%s' "$HOLDFAST_LIB/vm-guest-run.sh") \
    -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap -device virtio-9p-pci,fsdev=host,mount_tag=host \
    -device virtio-serial-pci "${channels[@]}" \
    -add-fd "fd=$status_fd,set=3" -chardev file,id=status,path=/dev/fdset/3,append=on -device virtserialport,chardev=status,name=status \
    -add-fd "fd=$console_fd,set=4" -chardev file,id=console,path=/dev/fdset/4,append=on -serial chardev:console || status=$?
  # What the guest said arrives before its status.
  if [ "$interactive" = 0 ]; then exec {out_fd}>&- {err_fd}>&-; fi
  if [ "$console" = true ]; then exec {console_fd}>&-; console_fd=''; fi
  for writer in "${writers[@]}"; do wait "$writer" || true; done
  vm_status "$status" "/dev/fd/$status_fd" "${console_fd:+/dev/fd/$console_fd}"
}

# vm_status STATUS FILE CONSOLE: ends script/vm with the command's status, else with 124 or 125.
vm_status() {
  local said
  said=$(cat "$2")
  if [ -n "$said" ]; then exit "$said"; fi
  if [ "$1" = 124 ] || [ "$1" = 137 ]; then
    echo "script/vm: the guest was ended after $timeout s" >&2
    exit 124
  fi
  echo "script/vm: the guest ended without a status (qemu's: $1)${3:+; the end of its console:}" >&2
  [ -z "$3" ] || log_tail "$3" 40
  exit 125
}
