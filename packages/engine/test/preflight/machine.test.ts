import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeMachine } from '../../src/preflight/machine.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'machine-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function criuThat(script: string): Promise<string> {
  const path = join(folder, 'criu');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

test("CRIU's version is what it says, and it is given none of this process's secrets", async () => {
  vi.stubEnv('CANARY_WORD', 'a-secret-of-the-deployment');
  const seen = join(folder, 'seen');
  const criu = await criuThat(`env > ${seen}\necho 'Version: 4.2.1'`);
  expect(await describeMachine(criu)).toMatchObject({ criu: '4.2.1' });
  const environment = await readFile(seen, 'utf8');
  expect(environment).toContain('PATH=');
  expect(environment).not.toContain('a-secret-of-the-deployment');
});

test('a CRIU that says nothing of its version leaves it out', async () => {
  expect((await describeMachine(await criuThat('exit 1'))).criu).toBeUndefined();
});
