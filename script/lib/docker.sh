# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# Docker for the tests, which start daemons of their own: the distribution's, unpacked and not installed. Sets DOCKER_BIN, the folder
# of its programs, with a static busybox for images.

# What the daemons and the tests call; those that are found by name lie in the same folder, which goes first on the daemons' PATH.
DOCKER_PROGRAMS='dockerd docker containerd containerd-shim-runc-v2 runc docker-proxy docker-init busybox
iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore'

name_docker() { DOCKER_BIN=$HOLDFAST_TOOLS/docker/$OS_KEY/bin; }

docker_runs() {
  local program
  for program in dockerd docker containerd runc; do "$DOCKER_BIN/$program" --version > /dev/null 2>&1 || return 1; done
  "$DOCKER_BIN/busybox" true && [ -x "$DOCKER_BIN/containerd-shim-runc-v2" ]
}

# write_docker BIN ROOT: a script for each program. They run by the system's loader, because dockerd and runc start themselves anew as
# /proc/self/exe; the libraries that this system has not are the root's.
write_docker() {
  local bin=$1 root=$2 name program libraries=$2/usr/lib/$HOLDFAST_ARCH-linux-gnu
  for name in $DOCKER_PROGRAMS; do
    program=$(find "$root/usr/bin" "$root/usr/sbin" "$root/bin" "$root/sbin" "$root/usr/libexec" -name "$name" -print -quit 2> /dev/null)
    case $name in
      # Its own name would be taken for the applet's.
      busybox) mkdir -p "$bin" && cp "$program" "$bin/busybox"; continue ;;
      ip*) program=$root/usr/sbin/xtables-nft-multi ;;
    esac
    [ -n "$program" ] || { say "the packages of Docker hold no $name"; return 1; }
    mkdir -p "$bin"
    case $name in
      ip*) write_program "$bin/$name" "LD_LIBRARY_PATH='$libraries' XTABLES_LIBDIR='$libraries/xtables'" 'export LD_LIBRARY_PATH XTABLES_LIBDIR' "exec '$program' $name \"\$@\"" ;;
      dockerd) write_program "$bin/$name" "LD_LIBRARY_PATH='$libraries'" 'export LD_LIBRARY_PATH' "exec '$program' \"\$@\"" ;;
      # What is started by the daemons a hundred times is not started by a shell.
      *) ln -s "$program" "$bin/$name" ;;
    esac
  done
}

# docker_packages: Docker's client is a package of its own since Debian 13.
docker_packages() {
  printf '%s\n' docker.io containerd runc tini iptables busybox-static
  ! apt-cache "${APT_OPTIONS[@]}" show docker-cli > /dev/null 2>&1 || printf '%s\n' docker-cli
}

bring_docker() {
  local home=${DOCKER_BIN%/*} folder start=$SECONDS packages=()
  folder=$(staging docker)
  private_apt_system "$folder"
  mapfile -t packages < <(docker_packages)
  private_download "${packages[@]}" || { log_tail "$folder/apt.log" 3; return 1; }
  mkdir "$folder/home"
  private_unpack "$folder/home/root"
  place "$folder/home" "$home"
  rm -rf --one-file-system "$folder"
  write_docker "$DOCKER_BIN" "$home/root" || return 1
  say "Docker of this system's packages, not installed, for the tests ($(seconds_since "$start"))"
}

# ensure_docker: what cannot be had is named, here and by the tests; in CI it is a failure.
ensure_docker() {
  # A shell of its own for what would end bootstrap: it ends but that.
  if docker_runs || { (bring_docker) && docker_runs; }; then return 0; fi
  say 'Docker could not be had: the tests that need it say so'
  [ "${CI:-}" != true ] || die 'in CI every requirement of the tests must be there'
}
