# shellcheck shell=bash disable=SC2034
# Every version that bootstrap brings, and the digest that it must have. Sourced after paths.sh.

NODE_VERSION=24.21.0
NODE_MAJOR=24
# The older line, for tests: jobs of users run on it.
OLD_NODE_VERSION=20.20.2
PNPM_VERSION=12.21.0
# Debian's revision counts: the suites below carry this one, else the candidate is taken and said.
CRIU_VERSION=4.2.1-1
# Debian's next stable first: it will stop moving; then the one where everything is.
CRIU_SUITES='forky sid'
# What script/bench store compares with. Debian's stable release keeps upstream's version; only its own revision may move.
PEERS_SUITE=trixie
RESTIC_VERSION='0.18.0-*'
BORG_VERSION='1.4.0-*'
ZSTD_VERSION='1.5.7+dfsg-*'
# The database servers that tests start. Of stable releases upstream's line counts; MySQL is in Debian's unstable suite alone.
SERVERS_SUITE=bookworm
MARIADB_VERSION='1:10.11.*'
POSTGRES_VERSION='15.*'
REDIS_VERSION='5:7.0.*'
VALKEY_SUITE=trixie
VALKEY_VERSION='8.1.*'
MYSQL_SUITE=sid
MYSQL_VERSION=9.7.4-2
# What tests of storage drivers run. MinIO's last commit, by the version that Go gives it and the digest of its module; its release tags are no versions of Go's.
MINIO_VERSION=v0.0.0-20260212201848-7aac2a2c5b7c
MINIO_SUM='h1:/qdoYujxF5MBLDMVLeiYJ/7fBa1HikX39Dvzb9Ji8pA='
MINIO_RELEASE=2026-02-12T20:18:48Z
JUICEFS_VERSION=1.4.2
# What script/vm boots, and by what. The kernel's name has its ABI number: the older ones stay in the suite for a while.
VM_SUITE=bookworm
VM_KERNEL=6.1.0-50-amd64
VM_KERNEL_VERSION=6.1.176-1
VM_QEMU_VERSION='1:7.2+dfsg-*'
# With the digests of moto-requirements.txt.
MOTO_VERSION=5.2.5

case $HOLDFAST_ARCH in
  x86_64)
    NPM_ARCH=x64
    NODE_SHA512=sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==
    OLD_NODE_SHA512=sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==
    JUICEFS_SHA256=ed9a057a2c08282a13f05cc8e020eaf2cacf8778bef50267cbca8eef4f675fbd
    PNPM_SHA512=sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==
    ;;
  aarch64)
    NPM_ARCH=arm64
    NODE_SHA512=sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==
    OLD_NODE_SHA512=sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==
    JUICEFS_SHA256=6961a292b00033a764dfff6bba3e163da16c172a3fc05466cd560f0f0300157c
    PNPM_SHA512=sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==
    ;;
esac
