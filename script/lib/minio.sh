# shellcheck shell=bash
# MinIO, the S3 server of the tests. Its makers give out sources alone, so it is built: minutes, once.

# How long the build may take: it is that of a few hundred packages.
MINIO_DEADLINE=1800

# go_in FOLDER PROGRAM...: with caches in FOLDER, of which nothing is kept: they are twenty times what comes of them.
go_in() {
  local folder=$1
  shift
  CGO_ENABLED=0 GOFLAGS=-modcacherw GOWORK=off GOTOOLCHAIN=local GOMODCACHE=$folder/modules GOCACHE=$folder/cache timeout "$MINIO_DEADLINE" go "$@"
}

# bring_minio HOME: the module has the pinned digest, and the sums of all that it needs are in it.
bring_minio() {
  local home=$1 folder start=$SECONDS module=github.com/minio/minio
  command -v go > /dev/null || { say "Go is missing, by which MinIO is built (apt-get install golang, 1.24 or newer)"; return 1; }
  folder=$(staging minio)
  (cd "$folder" && go_in "$folder" mod download -json "$module@$MINIO_VERSION" > module.json 2> log) || { log_tail "$folder/log" 3; return 1; }
  grep -qF "\"Sum\": \"$MINIO_SUM\"" "$folder/module.json" || { say "the module $module $MINIO_VERSION has not the pinned digest ($MINIO_SUM): refused"; return 1; }
  say 'building MinIO, for the tests: about four minutes'
  mkdir "$folder/home"
  (cd "$folder/modules/$module@$MINIO_VERSION" && go_in "$folder" build -mod=readonly -buildvcs=false -trimpath \
    -ldflags "-s -w -X $module/cmd.Version=$MINIO_RELEASE" -o "$folder/home/minio" . > "$folder/log" 2>&1) || { log_tail "$folder/log" 3; return 1; }
  place "$folder/home" "$home"
  rm -rf --one-file-system "$folder"
  say "MinIO $MINIO_RELEASE ($(seconds_since "$start"))"
}
