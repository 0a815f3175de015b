import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { local } from '@holdfast/driver-local';
import { afterEach, beforeEach, expect, test } from 'vitest';
// The built engine: the process that it starts for the repository is a file beside it.
import type { Deployment } from '../../dist/deployment/types.js';
import { openDeployment } from '../../dist/deployment/open-deployment.js';

let directory: string;
let [oldKey, newKey]: [string, string] = ['', ''];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-change-key-'));
  [oldKey, newKey] = [join(directory, 'old'), join(directory, 'new')];
  for (const file of [oldKey, newKey]) await writeFile(file, randomBytes(32).toString('hex'));
});
afterEach(() => rm(directory, { recursive: true }));

function deploymentWith(keyFile: string | undefined): Promise<Deployment> {
  const encryption = keyFile === undefined ? {} : { encryption: { keyFile } };
  const config = { storage: { type: 'local', path: join(directory, 'storage') }, stateDirectory: join(directory, 'state'), ...encryption };
  return openDeployment({ drivers: [local()], catalogs: [sqlite()], config });
}

async function repositoryCheck(keyFile: string | undefined): Promise<unknown> {
  await using deployment = await deploymentWith(keyFile);
  return (await deployment.doctor()).checks.find(({ name }) => name === 'repository');
}

async function makeRepository(keyFile: string): Promise<void> {
  await using deployment = await deploymentWith(keyFile);
  await deployment.storage.provision();
  await deployment.attach();
}

test('doctor tells which key opens the repository, before a change of it and after', async () => {
  await makeRepository(oldKey);
  const [opens, wrong] = [
    { ok: true, detail: 'opens with the key' },
    { ok: false, remedy: expect.stringContaining('key') as unknown },
  ];
  expect(await repositoryCheck(oldKey)).toMatchObject(opens);
  expect(await repositoryCheck(newKey)).toMatchObject({ ...wrong, detail: expect.stringContaining('is not the one') as unknown });
  expect(await repositoryCheck(undefined)).toMatchObject({ ...wrong, detail: expect.stringContaining('no key was given') as unknown });
  await using deployment = await deploymentWith(oldKey);
  expect(await deployment.changeKey({ file: newKey })).toEqual({ changed: true });
  expect(await deployment.changeKey({ command: ['cat', newKey] })).toEqual({ changed: false });
  expect(await repositoryCheck(newKey)).toMatchObject(opens);
  expect(await repositoryCheck(oldKey)).toMatchObject(wrong);
});

test('a change without the key that the repository has is refused, and changes nothing', async () => {
  await makeRepository(oldKey);
  const path = join(directory, 'storage', 'repository.json');
  const before = await readFile(path);
  await using without = await deploymentWith(undefined);
  await expect(without.changeKey({ file: newKey })).rejects.toMatchObject({ code: 'HF_KEY_MISSING' });
  const third = join(directory, 'third');
  await writeFile(third, randomBytes(32).toString('hex'));
  await using wrong = await deploymentWith(third);
  await expect(wrong.changeKey({ file: newKey })).rejects.toMatchObject({ code: 'HF_KEY_WRONG' });
  expect((await readFile(path)).equals(before)).toBe(true);
});

test('doctor makes no repository', async () => {
  await using deployment = await deploymentWith(oldKey);
  await deployment.storage.provision();
  expect(await repositoryCheck(oldKey)).toMatchObject({ ok: true, detail: 'not there yet; made by the first job' });
  await expect(readFile(join(directory, 'storage', 'repository.json'))).rejects.toMatchObject({ code: 'ENOENT' });
});
