#!/bin/sh
# Redis with an append-only file, over a socket in its own folder. redis.sh ROUNDS
. ./programs.sh
find data -mindepth 1 -delete
"$redis_server" --port 0 --unixsocket "$PWD/data/socket" --dir "$PWD/data" --save '' --appendonly yes --auto-aof-rewrite-min-size 1mb > server.log &
server=$!
trap 'kill "$server" 2> /dev/null' EXIT
until "$redis_cli" -s data/socket ping > ready.txt 2>&1; do kill -0 "$server" || exit 1; sleep 0.1; done
awk -v rounds="$1" 'BEGIN { for (n = 1; n <= rounds; n++) { printf "HINCRBY counts %d %d\nZADD scores %d member-%d\nSET key-%d value-%d\n", n % 997, n, n * 7919 % 10007, n % 5003, n % 3001, n } }' |
  "$redis_cli" -s data/socket > replies.txt
{
  "$redis_cli" -s data/socket hgetall counts | paste - - | sort
  "$redis_cli" -s data/socket zrange scores 0 -1 withscores
  "$redis_cli" -s data/socket dbsize
} > answer.txt
"$redis_cli" -s data/socket shutdown > ready.txt
wait "$server"
