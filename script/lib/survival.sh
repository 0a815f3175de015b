# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# The programs of the survival table: ordinary packages, as the tests' own programs are, with the upstream version that Debian 12 has. Databases
# are those of servers.sh, which are not installed.

# command package version, without epoch and revision
EXTRAS_SURVIVAL='
/usr/bin/g++ g++ 12.2
/usr/bin/gfortran gfortran 12.2
/usr/bin/bwa bwa 0.7.17
/usr/bin/samtools samtools 1.16
/usr/bin/minimap2 minimap2 2.24
/usr/bin/mafft mafft 7.505
/usr/bin/clustalo clustalo 1.2.4
/usr/bin/hmmsearch hmmer 3.3.2
/usr/bin/blastn ncbi-blast+ 2.12
/usr/bin/bowtie2 bowtie2 2.5.0
/usr/bin/bzip2 bzip2 1.0.8
/usr/bin/pigz pigz 2.6
/usr/bin/7z p7zip-full 16.02
/usr/bin/xz xz-utils 5.4
/usr/bin/zstd zstd 1.5.4
/usr/bin/Rscript r-base-core 4.2.2
/usr/bin/ruby ruby 3.1
/usr/bin/lua5.4 lua5.4 5.4
/usr/bin/php8.2 php8.2-cli 8.2
/usr/bin/tclsh tcl 8.6
/usr/bin/sbcl sbcl 2.2.9
/usr/bin/escript erlang-base 25.2
/usr/bin/swipl swi-prolog-nox 9.0.4
/usr/bin/gp pari-gp 2.15
/usr/bin/bc bc 1.07
/usr/bin/gawk gawk 5.2
/usr/bin/git git 2.39
/usr/bin/rsync rsync 3
/usr/bin/parallel parallel 20221122
/usr/bin/ninja ninja-build 1.11
/usr/bin/flac flac 1.4
/usr/bin/convert-im6.q16 imagemagick-6.q16 6.9.11
/usr/bin/gpg gpg 2.2.40
/usr/bin/gpg-agent gpg-agent 2.2.40
/usr/bin/openssl openssl 3.0
/usr/bin/strace strace 6.1
/usr/bin/bwrap bubblewrap 0.8
/usr/bin/fio fio 3.33
/usr/bin/shellcheck shellcheck 0.9
/usr/bin/rg ripgrep 13.0
/usr/bin/valgrind valgrind 3.19
/usr/bin/expect expect 5.45
'

# ensure_survival: what stays missing, or has another version, is said: the table has the versions that ran.
ensure_survival() {
  local list missing command package version found cache=$HOLDFAST_TOOLS/survival
  list=$(awk '{ print $1, $2 }' <<< "$EXTRAS_SURVIVAL")
  missing=$(extras_missing "$list")
  if [ -n "$missing" ]; then
    mkdir -p "$cache/archives/partial"
    printf 'Dir::Cache::archives "%s/archives";\nAPT::Keep-Downloaded-Packages "true";\nAPT::Sandbox::User "root";\n' "$cache" > "$cache/apt.conf"
    APT_CONFIG=$cache/apt.conf bring_extras "$missing"
  fi
  while read -r command package version; do
    [ -n "$command" ] || continue
    if ! has_program "$command"; then say "missing: $command (apt-get install $package)"; continue; fi
    # shellcheck disable=SC2016 # dpkg's own placeholder
    found=$(dpkg-query --show --showformat '${Version}' "$package" 2> /dev/null || true)
    found=${found#*:}
    case $found in "$version"*) ;; *) say "$package is ${found:-not Debian\'s}, where Debian 12 has $version" ;; esac
  done <<< "$EXTRAS_SURVIVAL"
}
