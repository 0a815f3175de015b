/**
 * The program of the probe's process: touches a directory and prints one line of JSON. Run by `probeDirectory` only.
 * Arguments: the directory, `look` or `write`, and a name for the file that `write` makes and removes.
 */
import { closeSync, fsyncSync, openSync, statfsSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [, , directory = '', mode = '', fileName = ''] = process.argv;

function look(): Record<string, unknown> {
  const { mode, uid } = statSync(directory);
  const space = statfsSync(directory);
  return {
    isDirectory: statSync(directory).isDirectory(),
    mode,
    uid,
    fileSystemType: space.type,
    totalBytes: space.blocks * space.bsize,
    freeBytes: space.bavail * space.bsize,
  };
}

function write(): void {
  const path = join(directory, fileName);
  const file = openSync(path, 'wx', 0o600);
  try {
    // A file system that has room for a name may have none for a byte.
    writeSync(file, 'holdfast');
    fsyncSync(file);
  } finally {
    closeSync(file);
    unlinkSync(path);
  }
}

function probe(): Record<string, unknown> {
  const startedAt = performance.now();
  try {
    const seen = look();
    // What is no directory fails with the system's own words for it.
    if (mode === 'write') write();
    return { ok: true, latencyMs: performance.now() - startedAt, ...seen };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { ok: false, latencyMs: performance.now() - startedAt, code, message: error instanceof Error ? error.message : String(error) };
  }
}

process.stdout.write(`${JSON.stringify(probe())}\n`);
