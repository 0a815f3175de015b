# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# The database servers that tests start: Debian's, in private roots, not installed. Sets SERVERS_PATH, the folders of their launchers.

# What a server names as a dependency and does not need to run: compilers of queries, what installs and configures a package.
SERVERS_NEEDLESS='init-system-helpers libllvm14:same locales dpkg tar postgresql-common postgresql-client-common ssl-cert ucf
readline-common tzdata sysvinit-utils sensible-utils'

# servers_home NAME VERSION...: the folder of one root, named after what is in it.
servers_home() {
  local home=$HOLDFAST_TOOLS/servers/$1 version
  for version in "${@:2}"; do version=${version#*:} home=$home-${version%.\*}; done
  printf '%s' "$home"
}

# run_by_loader ROOT PROGRAM...: each becomes a script that starts it by ROOT's own loader; programs of one server start each other.
run_by_loader() {
  local root=$1 program start
  start=$(private_program "$root")
  shift
  for program in "$@"; do
    [ -e "$root/$program.bin" ] || mv "$root/$program" "$root/$program.bin"
    write_program "$root/$program" "exec $start --argv0 '$root/$program' '$root/$program.bin' \"\$@\""
  done
}

# write_launchers BIN ROOT: a script in BIN for each program that tests call, with the options that tell it where its parts are.
write_launchers() {
  local bin=$1 root=$2 program name parts
  mkdir -p "$bin"
  for program in usr/sbin/{mysqld,mariadbd} usr/bin/{mysql,mariadb,mariadb-install-db,my_print_defaults,resolveip,openssl} \
    usr/bin/{redis,valkey}-{server,cli} usr/lib/postgresql/15/bin/{postgres,initdb,pg_basebackup,psql}; do
    name=${program##*/} parts=''
    [ -e "$root/$program" ] || continue
    case $program in
      usr/sbin/m*) parts="--no-defaults '--basedir=$root/usr' '--lc-messages-dir=$root/usr/share/mysql' '--character-sets-dir=$root/usr/share/mysql/charsets' '--plugin-dir=$root/usr/lib/mysql/plugin'" ;;
      */mariadb-install-db) parts="--no-defaults '--basedir=$root/usr'" ;;
      */mysql | */mariadb) parts="--no-defaults --character-sets-dir='$root/usr/share/mysql/charsets'" ;;
    esac
    case $name in
      mysqld | mysql) [ ! -e "$root/usr/bin/mariadb" ] || continue ;;
    esac
    [ "$name" = mariadb-install-db ] || run_by_loader "$root" "$program"
    write_program "$bin/$name" "exec '$root/$program' $parts \"\$@\""
  done
}

# servers_run BIN PROGRAM...: do they start?
servers_run() {
  local bin=$1 program
  shift
  for program in "$@"; do "$bin/$program" --version > /dev/null 2>&1 || return 1; done
}

# bring_servers HOME SUITE PACKAGE...: unpacks them in HOME; a version that the suite has no longer is replaced by its candidate.
bring_servers() {
  local home=$1 suite=$2 folder start=$SECONDS needless
  shift 2
  read -r -d '' -a needless <<< "$SERVERS_NEEDLESS" || true
  folder=$(staging "${home##*/}")
  private_apt_suite "$folder" "$suite" "${needless[@]}" || { log_tail "$folder/apt.log" 3; return 1; }
  if ! private_download "$@"; then
    private_download "${@%%=*}" || { log_tail "$folder/apt.log" 3; return 1; }
    say "Debian $suite has no longer all of $*: taking what it has"
  fi
  mkdir "$folder/home"
  private_unpack "$folder/home/root"
  place "$folder/home" "$home"
  write_launchers "$home/bin" "$home/root"
  rm -rf --one-file-system "$folder"
  set -- "${@%%=*}"
  say "$* of Debian $suite in a private root, for the tests ($(seconds_since "$start"))"
}

# ensure_root NAMES HOME SUITE PROGRAMS PACKAGE...: a shell of its own for what would end bootstrap: it ends but that.
ensure_root() {
  local names=$1 home=$2 suite=$3 programs
  read -r -d '' -a programs <<< "$4" || true
  shift 4
  if servers_run "$home/bin" "${programs[@]}"; then return 0; fi
  (bring_servers "$home" "$suite" "$@") && servers_run "$home/bin" "${programs[@]}" && return 0
  say "$names could not be had from Debian $suite at $(debian_mirror): the tests that need it say so"
  return 1
}

# prepare_mysql HOME: an initialised data folder, which tests copy: to make one takes MySQL seconds of a whole processor.
prepare_mysql() {
  local folder
  [ ! -d "$1/data" ] || return 0
  folder=$(staging mysql-data)
  "$1/bin/mysqld" --initialize-insecure --user=root --secure-file-priv= --performance-schema=OFF --innodb-redo-log-capacity=32M --skip-log-bin --datadir="$folder/data" \
    > "$folder/log" 2>&1 || { log_tail "$folder/log" 5; return 1; }
  # The server's own name, which no two may share.
  rm "$folder/data/auto.cnf"
  mv "$folder/data" "$1/data"
  rm -rf --one-file-system "$folder"
}

# name_servers: what an earlier run brought stays known, whatever this one is for.
name_servers() {
  SERVERS_COMMON=$(servers_home mariadb-postgres-redis "$MARIADB_VERSION" "$POSTGRES_VERSION" "$REDIS_VERSION")
  SERVERS_MYSQL=$(servers_home mysql "$MYSQL_VERSION")
  SERVERS_VALKEY=$(servers_home valkey "$VALKEY_VERSION")
  SERVERS_PATH=$SERVERS_COMMON/bin:$SERVERS_MYSQL/bin:$SERVERS_VALKEY/bin
  [ -d "$HOLDFAST_TOOLS/servers" ] || SERVERS_PATH=''
}

# ensure_servers: the three roots side by side. What cannot be had is named, here and by the tests; in CI it is a failure.
ensure_servers() {
  local root jobs=() status=0
  mkdir -p "$HOLDFAST_TOOLS/servers"
  name_servers
  { ensure_root MySQL "$SERVERS_MYSQL" "$MYSQL_SUITE" mysqld "mysql-server-core=$MYSQL_VERSION" "mysql-client-core=$MYSQL_VERSION" &&
    prepare_mysql "$SERVERS_MYSQL"; } & jobs+=($!)
  ensure_root 'MariaDB, PostgreSQL or Redis' "$SERVERS_COMMON" "$SERVERS_SUITE" 'mariadbd postgres redis-server' \
    "mariadb-server-core=$MARIADB_VERSION" "mariadb-client-core=$MARIADB_VERSION" "postgresql-15=$POSTGRES_VERSION" \
    "redis-server=$REDIS_VERSION" openssl & jobs+=($!)
  ensure_root Valkey "$SERVERS_VALKEY" "$VALKEY_SUITE" valkey-server "valkey-server=$VALKEY_VERSION" & jobs+=($!)
  for root in "${jobs[@]}"; do wait "$root" || status=1; done
  [ "$status" = 0 ] || [ "${CI:-}" != true ] || die 'in CI every requirement of the tests must be there' 'set HOLDFAST_DEBIAN_MIRROR to a full Debian mirror'
}
