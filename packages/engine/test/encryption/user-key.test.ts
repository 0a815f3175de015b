import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { readUserKey } from '../../src/encryption/user-key.js';

const key = randomBytes(32).toString('hex');
const shell = (script: string): { key: { command: [string, ...string[]] }; allowPlainDiskStaging: boolean } => ({
  key: { command: ['/bin/sh', '-c', script] },
  allowPlainDiskStaging: false,
});

async function temporaryFile(content: string): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'hf-key-'));
  const path = join(directory, 'key');
  await writeFile(path, content);
  return { path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

async function refusal(config: Parameters<typeof readUserKey>[0], deadlineMs = 30_000, signal?: AbortSignal): Promise<unknown> {
  const error: unknown = await readUserKey(config, { signal }, { deadlineMs }).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(isHoldfastError(error)).toBe(true);
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(key.slice(0, 12));
  return error;
}

test('a key is read from a file, and from a command, which has this environment and no input', async () => {
  await using file = await temporaryFile(`${key}\n`);
  const inFile = await readUserKey({ key: { file: file.path }, allowPlainDiskStaging: false });
  expect(Buffer.from(inFile).toString('hex')).toBe(key);
  const printed = await readUserKey(shell(`test -n "$PATH" && test -z "$(cat)" && cat '${file.path}'`));
  expect(Buffer.from(printed).toString('hex')).toBe(key);
});

test('a file that is not there, or a passphrase, is refused by its name', async () => {
  await using file = await temporaryFile('secret passphrase');
  const named = { message: expect.stringContaining(file.path) as unknown };
  expect(await refusal({ key: { file: file.path }, allowPlainDiskStaging: false })).toMatchObject({ code: 'HF_KEY_INVALID', ...named });
  expect(await refusal({ key: { file: `${file.path}.not` }, allowPlainDiskStaging: false })).toMatchObject({ code: 'HF_KEY_UNAVAILABLE', ...named });
});

test.each([
  [`echo ${key}; echo 'no such key in the ring' >&2; exit 2`, 'status 2: no such key in the ring'],
  [`echo ${key}; kill -9 $$`, 'SIGKILL'],
  [`yes ${key}`, 'more than 4096 bytes'],
])('a command that fails is told with its standard error, and not with what it printed: %#', async (script, why) => {
  expect(await refusal(shell(script))).toMatchObject({ code: 'HF_KEY_UNAVAILABLE', message: expect.stringContaining(why) as unknown });
});

test('a command that does not exist, and one that prints no key, are refused', async () => {
  expect(await refusal({ key: { command: ['/nowhere/kms'] }, allowPlainDiskStaging: false })).toMatchObject({ code: 'HF_KEY_UNAVAILABLE' });
  expect(await refusal(shell(`echo ${key.slice(0, 32)}`))).toMatchObject({ code: 'HF_KEY_INVALID' });
});

test('a command past its deadline, or given up, ends with all that it started', async () => {
  await using file = await temporaryFile('');
  const script = `sleep 1000 & echo $! > '${file.path}'; echo ${key}; wait`;
  expect(await refusal(shell(script), 300)).toMatchObject({ code: 'HF_KEY_UNAVAILABLE', message: expect.stringContaining('0.3 s') as unknown });
  const sleeper = Number(await readFile(file.path, 'utf8'));
  expect(sleeper).toBeGreaterThan(1);
  await expect
    .poll(() =>
      readFile(`/proc/${sleeper}/stat`, 'utf8').then(
        (stat) => / [ZX] /.test(stat),
        () => true,
      ),
    )
    .toBe(true);
  expect(await refusal(shell('sleep 1000'), 30_000, AbortSignal.timeout(100))).toMatchObject({ code: 'HF_ABORTED', kind: 'aborted' });
});
