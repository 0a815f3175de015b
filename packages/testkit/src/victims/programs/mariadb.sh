#!/bin/sh
# MariaDB from its first start to its last word, over a socket in its own folder. mariadb.sh ROUNDS
. ./programs.sh
export LC_ALL=C TZ=GMT
find data -mindepth 1 -delete
"$mariadb_install_db" --user=root --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve --datadir="$PWD/data/base" > install.log 2>&1 || exit 1
"$mariadbd" --user=root --datadir="$PWD/data/base" --socket="$PWD/data/socket" --skip-networking --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --innodb-flush-log-at-trx-commit=2 2> server.log &
server=$!
trap 'kill "$server" 2> /dev/null' EXIT
ask() { "$mariadb" --socket="$PWD/data/socket" --user=root --skip-column-names --batch "$@"; }
until ask -e 'SELECT 1' > ready.txt 2>&1; do kill -0 "$server" || exit 1; sleep 0.1; done
ask -e 'CREATE DATABASE bank; CREATE TABLE bank.account (number int PRIMARY KEY, amount bigint, words varchar(32)) ENGINE=InnoDB; USE bank; INSERT INTO account SELECT seq, seq * 7, md5(seq) FROM seq_1_to_20000' || exit 1
round=0
while [ "$round" -lt "$1" ]; do
  round=$((round + 1))
  echo "BEGIN; UPDATE account SET amount = amount + $round, words = md5(words) WHERE number % 211 = $round % 211; DELETE FROM account WHERE number = $((round * 13)); COMMIT;"
done | ask bank || exit 1
ask bank -e 'SELECT * FROM account ORDER BY number' > answer.txt
kill "$server"
wait "$server"
