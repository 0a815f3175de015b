# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# A C compiler that makes static programs: the system's, else the distribution's gcc in a private root. Sets CC.

compiles_statically() {
  local folder status=0
  folder=$(mktemp -d)
  printf '#include <stdio.h>\nint main(void) { return puts("ok") < 0; }\n' > "$folder/a.c"
  # shellcheck disable=SC2086 # a command with its arguments
  { $1 -static -O2 -std=c17 -o "$folder/a" "$folder/a.c" > /dev/null 2>&1 && [ "$("$folder/a")" = ok ]; } || status=1
  rm -rf "$folder"
  return "$status"
}

# bring_gcc HOME: gcc finds its parts relative to itself, headers and libraries by --sysroot.
bring_gcc() {
  local home=$1 start=$SECONDS folder library triplet=$HOLDFAST_ARCH-linux-gnu driver
  folder=$(staging gcc)
  private_apt_system "$folder"
  private_download gcc libc6-dev || { log_tail "$folder/apt.log" 3; die 'this system has no package gcc' 'apt-get install gcc libc6-dev'; }
  mkdir "$folder/gcc"
  private_unpack "$folder/gcc/root"
  # gcc's libraries without any of libc's: those must be the system's, together with its loader.
  mkdir "$folder/gcc/lib" "$folder/gcc/bin"
  for library in "$folder/gcc/root/usr/lib/$triplet"/*.so*; do
    case ${library##*/} in
      libc.so* | ld-linux* | libm.so* | libmvec* | libpthread* | libdl.* | librt.* | libresolv* | libnss* | libnsl* | libutil* | libanl* | libBroken*) ;;
      *) ln -s "../root/usr/lib/$triplet/${library##*/}" "$folder/gcc/lib/" ;;
    esac
  done
  driver=$(find "$folder/gcc/root/usr/bin" -name "$triplet-gcc-[0-9]*" -printf '%f\n' | sort -V | tail -n 1)
  write_program "$folder/gcc/bin/cc" "home='$home'" "PATH=\"\$home/root/usr/bin:\$PATH\"" "LD_LIBRARY_PATH=\"\$home/lib\"" 'export PATH LD_LIBRARY_PATH' \
    "exec \"\$home/root/usr/bin/$driver\" --sysroot=\"\$home/root\" -B\"\$home/root/usr/bin/$triplet-\" \"\$@\""
  place "$folder/gcc" "$home"
  rm -rf --one-file-system "$folder"
  compiles_statically "$home/bin/cc" || die "gcc in a private root makes no static program here" 'apt-get install gcc libc6-dev'
  say "gcc of this system's packages, not installed ($(seconds_since "$start"))"
}

ensure_compiler() {
  local candidate
  for candidate in cc gcc clang; do
    if command -v "$candidate" > /dev/null && compiles_statically "$candidate"; then
      CC=$candidate
      return 0
    fi
  done
  CC=$HOLDFAST_TOOLS/gcc/$OS_KEY/bin/cc
  if [ -x "$CC" ] && compiles_statically "$CC"; then return 0; fi
  bring_gcc "$HOLDFAST_TOOLS/gcc/$OS_KEY"
}
