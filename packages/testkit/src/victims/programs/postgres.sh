#!/bin/sh
# PostgreSQL from its first start to its last word, over a socket in its own folder. postgres.sh ROUNDS
. ./programs.sh
export LC_ALL=C TZ=GMT PGHOST="$PWD/data" PGUSER=nobody PGDATABASE=postgres
find data -mindepth 1 -delete
$as_server "$initdb" -D "$PWD/data/base" --username=nobody --auth=trust --no-locale --encoding=UTF8 > initdb.log || exit 1
$as_server "$postgres" -D "$PWD/data/base" -c listen_addresses= -c unix_socket_directories="$PWD/data" -c jit=off -c max_wal_size=64MB -c checkpoint_timeout=30 2> server.log &
server=$!
trap 'kill "$server" 2> /dev/null' EXIT
until "$psql" -XqAtc 'SELECT 1' > ready.txt 2>&1; do kill -0 "$server" || exit 1; sleep 0.1; done
"$psql" -Xqc 'CREATE TABLE account (number int PRIMARY KEY, amount bigint, words text); INSERT INTO account SELECT n, n * 7, md5(n::text) FROM generate_series(1, 20000) n'
round=0
while [ "$round" -lt "$1" ]; do
  round=$((round + 1))
  echo "BEGIN; UPDATE account SET amount = amount + $round, words = md5(words) WHERE number % 211 = $round % 211; DELETE FROM account WHERE number = $((round * 13)); COMMIT;"
done | "$psql" -Xq || exit 1
"$psql" -XqAtc 'SELECT * FROM account ORDER BY number' > answer.txt
kill -INT "$server"
wait "$server"
