# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# Which machines bootstrap knows, said before anything is changed.

require_platform() {
  [ "$(uname -s)" = Linux ] || die "this is $(uname -s): Holdfast needs Linux on x86_64 or aarch64 (Debian 12, Debian 13 or Ubuntu 24.04)"
  case $HOLDFAST_ARCH in
    x86_64 | aarch64) ;;
    *) die "this machine is $HOLDFAST_ARCH: CRIU, Node and pnpm are pinned for x86_64 and aarch64 only" ;;
  esac
  local ID='' VERSION_ID='' PRETTY_NAME='an unknown system'
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || . /etc/os-release
  OS_NAME=$PRETTY_NAME OS_KEY=${ID:-unknown}-${VERSION_ID:-unknown}
  OS_SUPPORTED=false
  case $OS_KEY in debian-12 | debian-13 | ubuntu-24.04) OS_SUPPORTED=true ;; esac
  [ -x "$(command -v flock)" ] && [ -x "$(command -v unshare)" ] || die 'flock and unshare are missing' 'apt-get install util-linux'
}

require_root() {
  [ "$(id -u)" = 0 ] || die 'not root: freezing and resuming processes needs root' "sudo $HOLDFAST_ROOT/script/bootstrap"
}

# require_apt WHAT: bootstrap is about to fetch a Debian package for WHAT.
require_apt() {
  [ -x "$(command -v apt-get)" ] && [ -x "$(command -v dpkg-deb)" ] ||
    die "$1 is missing, and $OS_NAME has no apt-get to bring it (Debian 12, Debian 13 and Ubuntu 24.04 are supported)" \
      "install $1 by this system's package manager, then run script/bootstrap again"
  [ "$OS_SUPPORTED" = true ] || say "$OS_NAME is not among the systems this was tried on (Debian 12, 13, Ubuntu 24.04): trying all the same"
}
