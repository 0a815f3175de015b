# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# The programs that tests and demo run as jobs. They are ordinary packages, so apt-get installs those that are missing.

# command package
EXTRAS_DEMO='
bwa bwa
samtools samtools
python3 python3
xz xz-utils
zstd zstd
bc bc
'
EXTRAS_TEST="$EXTRAS_DEMO
xfs_io xfsprogs
mkfs.xfs xfsprogs
perl perl
gcc gcc
make make
java default-jdk-headless
sqlite3 sqlite3
gzip gzip
mawk mawk
"
# Used where they are, never brought.
EXTRAS_OPTIONAL='go Rscript'

has_program() { command -v "$1" > /dev/null || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]; }

# extras_missing LIST: the lines of LIST whose command is not here.
extras_missing() {
  local command package
  while read -r command package; do
    if [ -n "$command" ] && ! has_program "$command"; then printf '%s %s\n' "$command" "$package"; fi
  done <<< "$1"
}

# install_packages PACKAGE...: starts no service, and is refused where it would change the system's libc.
install_packages() {
  local plan policy=/usr/sbin/policy-rc.d status=0
  plan=$(apt-get -s install -y --no-install-recommends "$@" 2> /dev/null) || return 1
  if grep -qE '^Inst libc6 \[' <<< "$plan"; then
    say "installing $* would change this system's libc: left alone"
    return 1
  fi
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
    # shellcheck disable=SC2064 # the path as it is now
    trap "rm -f '$policy'" EXIT
  else
    policy=''
  fi
  apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" > "$HOLDFAST_TOOLS/staging/extras.log" 2>&1 || status=1
  if [ -n "$policy" ]; then rm -f "$policy"; trap - EXIT; fi
  return "$status"
}

bring_extras() {
  local packages=() package start=$SECONDS
  mapfile -t packages < <(awk '{ print $2 }' <<< "$1" | sort -u)
  mkdir -p "$HOLDFAST_TOOLS/staging"
  require_apt "${packages[*]}"
  if ! install_packages "${packages[@]}"; then
    apt-get -qq update > "$HOLDFAST_TOOLS/staging/extras.log" 2>&1 || true
    # One by one after a failure: one package that this system has not must not keep the others away.
    install_packages "${packages[@]}" || for package in "${packages[@]}"; do install_packages "$package" || true; done
  fi
  say "installed for jobs to run: ${packages[*]} ($(seconds_since "$start"))"
}

ensure_old_node() {
  local system
  system=$(command -v node || true)
  if [ -n "$system" ] && [ "$(node_major "$system")" = "${OLD_NODE_VERSION%%.*}" ]; then
    OLD_NODE=$system
  else
    bring_node "$OLD_NODE_VERSION" "$OLD_NODE_SHA512"
    OLD_NODE=$HOLDFAST_TOOLS/node/$OLD_NODE_VERSION/bin/node
  fi
}

# ensure_extras test|demo: what stays missing is named; in CI it is a failure.
ensure_extras() {
  local list=$EXTRAS_DEMO missing command package optional=''
  if [ "$1" = test ]; then
    list=$EXTRAS_TEST
    ensure_old_node
  fi
  missing=$(extras_missing "$list")
  [ -z "$missing" ] || bring_extras "$missing"
  missing=$(extras_missing "$list")
  if [ -n "$missing" ]; then
    while read -r command package; do say "missing: $command (apt-get install $package)"; done <<< "$missing"
    [ "${CI:-}" != true ] || die 'in CI every requirement of the tests must be there'
  fi
  for command in $EXTRAS_OPTIONAL; do has_program "$command" || optional="$optional $command"; done
  [ -z "$optional" ] || [ -z "${HOLDFAST_VERBOSE:-}" ] || say "not here, and optional:$optional"
}
