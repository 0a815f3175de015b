import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootFragment } from '../src/boot-fragment.js';
import { aConfig, aSection } from './support/a-config.js';

/** Runs the fragment with programs of the test's own on the path, and /etc in the test's folder. */
async function boot(holdfast: string): Promise<{ status: number; calls: string; written: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-boot-'));
  try {
    const program = async (name: string, script: string): Promise<void> => {
      await writeFile(join(folder, name), `#!/bin/sh\necho "${name} $*" >>'${folder}/calls'\n${script}\n`);
      await chmod(join(folder, name), 0o755);
    };
    await program('holdfast', holdfast.replaceAll('FOLDER', folder));
    await program('systemctl', '');
    await program('sleep', '');
    const fragment = bootFragment(aConfig(), aSection()).replaceAll('/etc/holdfast', `${folder}/etc`);
    const status = await new Promise<number>((resolve) => {
      const env = { PATH: `${folder}:/usr/bin:/bin` };
      execFile('/bin/sh', ['-eu', '-c', fragment], { env }, (error) => resolve(typeof error?.code === 'number' ? error.code : 0));
    });
    const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '');
    return { status, calls: await read('calls'), written: await read('etc/storage-snapshots.json') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the volume is attached by the configuration as it was written, and tried again until it is', async () => {
  const { status, calls, written } = await boot('[ "$(grep -c ^holdfast FOLDER/calls)" -ge 3 ]');
  expect(status).toBe(0);
  expect(calls.match(/^holdfast storage attach --config /gmu)).toHaveLength(3);
  expect(JSON.parse(written)).toEqual({ storage: aSection() });
  expect(calls).not.toContain('systemctl');
});

test('where it does not come the machine takes no jobs, and the boot stops', async () => {
  const { status, calls } = await boot('exit 1');
  expect(status).toBe(1);
  expect(calls.match(/^holdfast/gmu)).toHaveLength(20);
  expect(calls).toContain('systemctl mask --runtime --now ecs.service');
});
