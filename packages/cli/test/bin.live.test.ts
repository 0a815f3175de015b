import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const holdfast = resolve(import.meta.dirname, '../../../bin/holdfast');

test('a juicefs program that the caller names is taken, not the one that bootstrap recorded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-bin-'));
  const config = join(folder, 'holdfast.json');
  const storage = { type: 'juicefs', name: 'snapshots', bucket: { name: 'acme', region: 'eu-west-1' }, metadata: { url: 'redis://127.0.0.1:1/1' } };
  await writeFile(config, JSON.stringify({ storage }));
  const env = { ...process.env, HOLDFAST_JUICEFS: '/nowhere/juicefs' };
  const stdout = await new Promise((done) => {
    execFile(holdfast, ['storage', 'status', '--config', config, '--state-dir', folder], { env }, (_, said) => done(said));
  });
  expect(stdout).toContain("The juicefs program '/nowhere/juicefs' does not start");
  await rm(folder, { recursive: true });
});
