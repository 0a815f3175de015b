#!/bin/sh
# A chain of digests: every link is made by three new processes. chain.sh LINKS
: > chain.txt
link=0 digest=begin
while [ "$link" -lt "$1" ]; do
  link=$((link + 1))
  digest=$(printf '%s %s' "$digest" "$link" | sha256sum | cut -d ' ' -f 1)
  echo "$link $digest" >> chain.txt
done
