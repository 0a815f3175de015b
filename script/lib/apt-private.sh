# shellcheck shell=bash
# Debian packages without installing them: apt with a private state folder checks signatures and hashes, dpkg-deb unpacks.
# The system's sources, lists and package database are read at most.

# private_apt_system FOLDER: apt as the system has it configured; only what it downloads goes to FOLDER.
private_apt_system() {
  require_apt 'a Debian package'
  mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
  APT_FOLDER=$1
  # NoLocking: nothing is installed, so a package manager at work elsewhere need not be waited for.
  APT_OPTIONS=(-o "Dir::Cache=$1/cache" -o "Dir::Cache::archives=$1/cache/archives" -o Debug::NoLocking=1
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3)
}

# private_apt_suite FOLDER SUITE [PACKAGE...]: apt that knows one Debian suite and nothing else. It takes each PACKAGE to be
# installed: what is named there is not downloaded.
private_apt_suite() {
  local keyring name
  keyring=$(debian_keyring "$1/keyring")
  private_apt_system "$1"
  printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$(debian_mirror)" "$2" > "$1/sources.list"
  # The resolver is told that packages which only maintainer scripts need are there: no such script is run.
  : > "$1/status"
  for name in perl:allowed adduser:foreign debconf:foreign "${@:3}"; do
    printf 'Package: %s\nStatus: install ok installed\nMaintainer: none <none@example.invalid>\nArchitecture: %s\nMulti-Arch: %s\nVersion: 9999:1\nDescription: placeholder\n\n' \
      "${name%:*}" "$(dpkg --print-architecture)" "$(case $name in *:*) printf %s "${name#*:}" ;; *) printf foreign ;; esac)" >> "$1/status"
  done
  APT_OPTIONS+=(-o "Dir::Etc::sourcelist=$1/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null
    -o Dir::Etc::preferencesparts=/dev/null -o "Dir::State::lists=$1/lists" -o "Dir::State::status=$1/status")
  apt-get -qq "${APT_OPTIONS[@]}" update > "$1/apt.log" 2>&1
}

# debian_mirror: the one of the system's own sources, so that a site's mirror is respected; Debian's public one otherwise.
debian_mirror() {
  local codename='' found=''
  if [ -n "${HOLDFAST_DEBIAN_MIRROR:-}" ]; then printf '%s' "$HOLDFAST_DEBIAN_MIRROR"; return 0; fi
  if grep -qsx 'ID=debian' /etc/os-release; then
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    # shellcheck disable=SC2016 # apt's own placeholders
    found=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2> /dev/null |
      awk -v suite="$codename" '($1 == suite || $1 == "stable") && $2 == "main" { print $3; exit }')
  fi
  printf '%s' "${found:-http://deb.debian.org/debian}"
}

# debian_keyring FOLDER: Debian's archive keys; Ubuntu carries them as a package, which its own apt verifies.
debian_keyring() {
  local file=/usr/share/keyrings/debian-archive-keyring.gpg
  if [ ! -r "$file" ]; then
    mkdir -p "$1"
    private_apt_system "$1/apt"
    private_download debian-archive-keyring || die "Debian's archive keys are missing, without which CRIU cannot be verified" 'apt-get install debian-archive-keyring'
    private_unpack "$1/root"
    file=$1/root/usr/share/keyrings/debian-archive-keyring.gpg
  fi
  printf '%s' "$file"
}

# private_download PACKAGE...: downloads them with what they need and is not there.
private_download() {
  if apt-get -qq "${APT_OPTIONS[@]}" install -y --download-only --reinstall "$@" > "$APT_FOLDER/apt.log" 2>&1; then return 0; fi
  # The system's package lists may be absent (a fresh image) or stale: once more with lists of our own.
  case " ${APT_OPTIONS[*]} " in *Dir::State::lists=*) return 1 ;; esac
  APT_OPTIONS+=(-o "Dir::State::lists=$APT_FOLDER/lists")
  apt-get -qq "${APT_OPTIONS[@]}" update > "$APT_FOLDER/update.log" 2>&1 || true
  apt-get -qq "${APT_OPTIONS[@]}" install -y --download-only --reinstall "$@" > "$APT_FOLDER/apt.log" 2>&1
}

# private_unpack ROOT: unpacks what was downloaded; documentation is of no use here. Libraries of packages older than the merge
# of /lib into /usr/lib go where those of all others are.
private_unpack() {
  local deb folder
  mkdir -p "$1"
  for deb in "$APT_FOLDER"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$1"; done
  rm -rf "$1"/usr/share/doc "$1"/usr/share/man "$1"/usr/share/locale "$1"/usr/share/lintian "$1"/usr/share/info "$1"/usr/share/bash-completion
  for folder in lib lib64; do
    if [ -d "$1/$folder" ] && [ ! -L "$1/$folder" ]; then
      mkdir -p "$1/usr/$folder"
      cp -al "$1/$folder/." "$1/usr/$folder/"
      rm -rf --one-file-system "${1:?}/$folder"
    fi
  done
}
