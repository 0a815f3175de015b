# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# The certificates by which downloads over HTTPS are checked. Sets CERTIFICATES.

# ensure_certificates: SSL_CERT_FILE where a site has an authority of its own, else the system's. A minimal system has none:
# then those of Debian's own package, which apt verifies, unpacked in the cache and not installed.
ensure_certificates() {
  local folder
  for CERTIFICATES in "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt "$HOLDFAST_TOOLS/certificates.pem"; do
    if [ -s "$CERTIFICATES" ]; then return 0; fi
  done
  folder=$(staging certificates)
  private_apt_system "$folder"
  private_download ca-certificates || { log_tail "$folder/apt.log" 3; die 'this system has no certificates to check a download by' 'apt-get install ca-certificates'; }
  private_unpack "$folder/root"
  cat "$folder"/root/usr/share/ca-certificates/mozilla/*.crt > "$folder/certificates.pem"
  mv "$folder/certificates.pem" "$CERTIFICATES"
  rm -rf --one-file-system "$folder"
}
