# shellcheck shell=bash disable=SC2034 # its variables are read by the files sourced after it
# What tests of storage drivers run: the JuiceFS client, MinIO and moto. Sets JUICEFS_PROGRAM, MINIO_PROGRAM and MOTO_PROGRAM.

juicefs_runs() { [[ $("$JUICEFS_PROGRAM" version 2> /dev/null) == "juicefs version $JUICEFS_VERSION"* ]]; }
minio_runs() { "$MINIO_PROGRAM" --version > /dev/null 2>&1; }
moto_runs() { "${MOTO_PROGRAM%/*}/python/bin/python3" -c 'import moto.server' > /dev/null 2>&1; }

# name_storage: what an earlier run brought stays known, whatever this one is for.
name_storage() {
  JUICEFS_PROGRAM=$HOLDFAST_TOOLS/juicefs/$JUICEFS_VERSION/juicefs
  MINIO_PROGRAM=$HOLDFAST_TOOLS/minio/$MINIO_VERSION/minio
  MOTO_PROGRAM=$HOLDFAST_TOOLS/moto/$MOTO_VERSION/moto_server
}

# ensure_program NAME RUNS BRING PROGRAM: a shell of its own for what would end bootstrap: it ends but that.
ensure_program() {
  local name=$1 runs=$2 bring=$3 program=$4
  if "$runs"; then return 0; fi
  ("$bring" "${program%/*}") && "$runs" && return 0
  say "$name could not be had: the tests that need it say so"
  return 1
}

# ensure_storage: the three side by side. What cannot be had is named, here and by the tests; in CI it is a failure.
ensure_storage() {
  local one jobs=() status=0
  juicefs_runs && [ -x "$MOTO_PROGRAM" ] || ensure_venv || say 'Python has no venv, by which JuiceFS and moto are brought (apt-get install python3-venv)'
  ensure_program MinIO minio_runs bring_minio "$MINIO_PROGRAM" & jobs+=($!)
  ensure_program JuiceFS juicefs_runs bring_juicefs "$JUICEFS_PROGRAM" & jobs+=($!)
  ensure_program moto moto_runs bring_moto "$MOTO_PROGRAM" & jobs+=($!)
  for one in "${jobs[@]}"; do wait "$one" || status=1; done
  [ "$status" = 0 ] || [ "${CI:-}" != true ] || die 'in CI every requirement of the tests must be there'
}
