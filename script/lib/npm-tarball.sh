# shellcheck shell=bash
# One package of the npm registry, with no npm needed, by a pinned digest.

npm_registry() {
  local registry=${NPM_CONFIG_REGISTRY:-${npm_config_registry:-}}
  if [ -z "$registry" ] && command -v npm > /dev/null; then registry=$(npm config get registry 2> /dev/null) || registry=''; fi
  case $registry in http*) ;; *) registry=https://registry.npmjs.org ;; esac
  printf '%s' "${registry%/}"
}

# has_integrity FILE sha512-BASE64
has_integrity() {
  local hex
  hex=$(printf '%s' "${2#sha512-}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  [ -s "$1" ] && [ "$(sha512sum "$1" | cut -d' ' -f1)" = "$hex" ]
}

# fetch_url URL FILE LOG: curl, else apt's downloader, which every Debian has.
fetch_url() {
  ensure_certificates
  if command -v curl > /dev/null && curl -fsSL --retry 3 --connect-timeout 20 --cacert "$CERTIFICATES" -o "$2" "$1" 2> "$3"; then return 0; fi
  [ -x /usr/lib/apt/apt-helper ] || return 1
  /usr/lib/apt/apt-helper -o "Acquire::https::CaInfo=$CERTIFICATES" -o APT::Sandbox::User=root -o Acquire::Retries=3 download-file "$1" "$2" > "$3" 2>&1
}

# npm_tarball NAME VERSION INTEGRITY FOLDER: FOLDER/package is the unpacked package; what is unpacked has the pinned digest.
npm_tarball() {
  local name=$1 version=$2 integrity=$3 folder=$4 file url
  file=$folder/package.tgz
  mkdir -p "$folder"
  url=$(npm_registry)/$name/-/${name##*/}-$version.tgz
  # npm itself first where it is: it knows the user's registry, credentials, proxy and certificates.
  if command -v npm > /dev/null && npm pack --silent --pack-destination "$folder" "$name@$version" > "$folder/npm.log" 2>&1; then
    mv "$folder"/*.tgz "$file" 2> /dev/null || true
  fi
  if ! has_integrity "$file" "$integrity"; then
    rm -f "$file"
    fetch_url "$url" "$file" "$folder/fetch.log" || {
      [ ! -s "$folder/fetch.log" ] || log_tail "$folder/fetch.log" 3
      die "cannot download $name $version from $(npm_registry)" \
        'set NPM_CONFIG_REGISTRY to a registry that this machine reaches (SSL_CERT_FILE where it has a certificate authority of its own), then run script/bootstrap again'
    }
    has_integrity "$file" "$integrity" || die "$name $version from the npm registry has not the pinned digest ($integrity): refused"
  fi
  tar -xzf "$file" -C "$folder" --no-same-owner
  rm -f "$file"
}
