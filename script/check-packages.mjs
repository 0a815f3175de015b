// Packs every package as it would be published, and has two tools look at each tarball: publint (do the files, entries and fields fit
// together) and attw (do the types resolve for users of ES modules). Prints what they say of the packages that are not right.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @type {readonly (readonly string[])[]} */
const checks = [
  ['publint', 'run', '--strict'],
  ['attw', '--profile', 'esm-only', '--no-emoji'],
];

const folder = await mkdtemp(join(tmpdir(), 'holdfast-packages-'));
try {
  await run('pnpm', ['-r', '--filter', './packages/*', 'pack', '--pack-destination', folder], { timeout: 120_000 });
  const archives = (await readdir(folder)).toSorted();
  if (archives.length === 0) throw new Error('pnpm packed no package');
  for (const archive of archives) {
    const said = await Promise.all(checks.map((check) => complaintOf(check, join(folder, archive))));
    for (const complaint of said.filter((text) => text !== undefined)) {
      process.stderr.write(`${archive}: ${complaint}\n`);
      process.exitCode = 1;
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * @param {readonly string[]} check
 * @param {string} archive
 * @returns {Promise<string | undefined>}
 */
async function complaintOf([tool = '', ...line], archive) {
  const program = join(import.meta.dirname, '..', 'node_modules', '.bin', tool);
  try {
    await run(program, [...line, archive], { timeout: 60_000 });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error && 'stderr' in error ? `${String(error.stdout)}${String(error.stderr)}` : '';
    return `${tool}\n${said === '' ? String(error) : said}`;
  }
}
