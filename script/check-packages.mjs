// Packs every package as it would be published, and lets attw look whether its types resolve for users of ES modules.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-packages-'));
try {
  execFileSync('pnpm', ['-r', '--filter', './packages/*', 'pack', '--pack-destination', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const failed = readdirSync(folder).filter((archive) => {
    const { status, stdout, stderr } = spawnSync('pnpm', ['exec', 'attw', '--profile', 'esm-only', '--no-emoji', join(folder, archive)], {
      encoding: 'utf8',
    });
    if (status !== 0) process.stderr.write(`${archive}:\n${stdout}${stderr}\n`);
    return status !== 0;
  });
  if (failed.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
