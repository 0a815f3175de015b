#!/usr/bin/env bash
# criu-probe.sh CRIU FOLDER: dumps and restores a small process that holds internet sockets, and looks whether it goes on.
# `criu check` is not enough: CRIU 4.1.1 says "Looks good" on kernels >= 6.16 and then fails on the first socket.
# Run it as pid 1 of private pid, mount and network namespaces (criu-works.sh does): whatever goes wrong ends with them.
set -euo pipefail
criu=$1 folder=$2
job_seconds=60

# A descriptor of the caller belongs to a mount outside this namespace, and CRIU refuses the process that inherits it.
for descriptor in /proc/self/fd/*; do
  descriptor=${descriptor##*/}
  if ((descriptor > 2 && descriptor < 255)); then eval "exec $descriptor>&-"; fi
done

cd "$folder"
mkdir images

# perl-base is an essential package of Debian and Ubuntu, so this needs nothing that the machine may lack.
# SIOCSIFFLAGS brings the loopback up: `ip` may not be there.
cat > job.pl <<'PERL'
use strict; use Socket;
socket(my $ctl, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
my $loopback = pack('a16 s x22', 'lo', 0x41);
ioctl($ctl, 0x8914, $loopback) or die "loopback: $!";
socket(my $listen, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
bind($listen, sockaddr_in(0, INADDR_LOOPBACK)) or die "bind: $!";
listen($listen, 1) or die "listen: $!";
socket(my $near, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
connect($near, getsockname($listen)) or die "connect: $!";
accept(my $far, $listen) or die "accept: $!";
my $end = time + $ARGV[0];
for (my $n = 0; time < $end; $n++) {
  syswrite($near, pack('N', $n)) == 4 or die "send: $!";
  sysread($far, my $got, 4) == 4 or die "receive: $!";
  unpack('N', $got) == $n or die "the connection lost bytes";
  open(my $out, '>', 'count.new') or die "count: $!"; print $out $n; close $out; rename 'count.new', 'count';
  select undef, undef, undef, 0.01;
}
PERL

# advances SECONDS: does the count grow within SECONDS?
advances() {
  local before now i
  before=$(cat count 2>/dev/null || echo -1)
  for ((i = 0; i < $1 * 50; i++)); do
    now=$(cat count 2>/dev/null || echo -1)
    [ "$now" -gt "$before" ] && return 0
    sleep 0.02
  done
  return 1
}

setsid perl job.pl "$job_seconds" < /dev/null > job.log 2>&1 &
job=$!
advances 5 || { echo 'the process to dump did not start'; cat job.log; exit 1; }
timeout -k 2 20 "$criu" dump -t "$job" -D images -o dump.log -v4 --tcp-established > dump.out 2>&1 || {
  echo 'dump failed:'; grep -h 'Error' images/dump.log dump.out 2>/dev/null | tail -n 3; exit 1; }
wait "$job" 2>/dev/null || true
timeout -k 2 20 "$criu" restore -d -D images -o restore.log -v4 --tcp-established > restore.out 2>&1 || {
  echo 'restore failed:'; grep -h 'Error' images/restore.log restore.out 2>/dev/null | tail -n 3; exit 1; }
advances 5 || { echo 'the restored process does not go on'; exit 1; }
