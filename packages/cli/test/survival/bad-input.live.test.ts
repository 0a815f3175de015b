import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forget, holdfast, scratchFolder } from './interruptions.js';

interface Refusal {
  readonly status: number | null;
  readonly error: { readonly code?: string; readonly message?: string; readonly hint?: string };
}

let folder: string;
beforeAll(async () => {
  folder = await scratchFolder('refused');
  await mkdir(join(folder, 'work'));
});
afterAll(() => forget(folder));

/** `before` are words in front of the command, such as a program that takes away rights. */
function refused(words: readonly string[], before: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Refusal {
  const [program = '', ...rest] = [...before, ...holdfast, 'run', '--json', '--state-dir', join(folder, 'state'), ...words];
  const options = { cwd: join(folder, 'work'), encoding: 'utf8', timeout: 60_000, env: { ...process.env, ...environment } } as const;
  const { status, stderr } = spawnSync(program, rest, options);
  const last = stderr
    .trim()
    .split('\n')
    .findLast((line) => line.startsWith('{"error"'));
  return { status, error: last === undefined ? { message: stderr } : (JSON.parse(last) as { error: Refusal['error'] }).error };
}

/** A private mount namespace with a tmpfs of these options on `at`: nothing of it is left when the command ends. */
function withTmpfs(at: string, options: string): readonly string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', `mount -t tmpfs -o "$0" hf "$1" && shift && exec "$@"`, options, at];
}

const job = ['--', '/bin/sh', '-c', ': > began'];

describe('what cannot be is refused with a sentence, a remedy and a code, before anything starts', () => {
  const storage = (): string => join(folder, 'storage');
  const cases: readonly {
    readonly name: string;
    readonly code: string;
    readonly says: string;
    readonly make: () => Refusal | Promise<Refusal>;
  }[] = [
    { name: 'a duration 5x', code: 'HF_DURATION', says: '5x', make: () => refused(['--storage', storage(), '--interval', '5x', ...job]) },
    { name: 'an unknown option', code: 'HF_USAGE', says: '--intervall', make: () => refused(['--storage', storage(), '--intervall', '5m', ...job]) },
    {
      name: 'a storage that is a file',
      code: 'HF_STORAGE_NOT_DIRECTORY',
      says: 'a-file',
      make: async () => {
        await writeFile(join(folder, 'a-file'), '');
        return refused(['--storage', join(folder, 'a-file'), ...job]);
      },
    },
    {
      name: 'a storage that is read-only',
      code: 'HF_STORAGE_READ_ONLY',
      says: 'read-only-place',
      make: async () => {
        await mkdir(join(folder, 'read-only-place'));
        return refused(['--storage', join(folder, 'read-only-place'), ...job], withTmpfs(join(folder, 'read-only-place'), 'ro'));
      },
    },
    {
      name: 'a storage that is full',
      code: 'HF_STORAGE_FULL',
      says: 'full-place',
      make: async () => {
        const place = join(folder, 'full-place');
        await mkdir(place);
        // The root itself takes one of the inodes.
        return refused(['--storage', place, ...job], withTmpfs(place, 'nr_inodes=1'));
      },
    },
    {
      name: 'no CRIU',
      code: 'HF_CRIU_MISSING',
      says: '/nowhere/criu',
      make: () => refused(['--storage', storage(), ...job], [], { HOLDFAST_CRIU: '/nowhere/criu' }),
    },
    {
      name: 'not root',
      code: 'HF_NOT_ROOT',
      says: 'root',
      make: () => {
        // Only to read what is compiled, wherever the checkout lies.
        const caps = ['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search', '--bounding-set=-all,+dac_read_search'];
        return refused(['--storage', storage(), ...job], ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...caps]);
      },
    },
  ];
  for (const { name, code, says, make } of cases) {
    it(`${name}: ${code}`, async () => {
      const { status, error } = await make();
      expect(error.code, error.message).toBe(code);
      expect(error.message).toContain(says);
      expect(error.hint).toMatch(/\w/);
      expect(status).toBe(125);
      expect(await readdir(join(folder, 'work'))).toEqual([]);
    });
  }
});

it('a storage that fills up costs snapshots, and the job ends as if it had none', async () => {
  const place = join(folder, 'fills-up');
  await mkdir(place);
  const script = 'head -c 4000000 /dev/urandom > big; until [ -e go ]; do sleep 0.1; done; rm big; exit 7';
  const command = ['--storage', place, '--interval', '300ms', '--', '/bin/sh', '-c', script];
  const words = [...withTmpfs(place, 'size=2m,mode=700'), ...holdfast, 'run', '--json', '--state-dir', join(folder, 'state'), ...command];
  const work = join(folder, 'work');
  const run = spawn(words[0] ?? '', words.slice(1), { cwd: work, stdio: ['ignore', 'ignore', 'pipe'], timeout: 90_000 });
  const closed = once(run, 'close');
  let said = '';
  for await (const chunk of run.stderr) {
    said += String(chunk);
    if (said.includes('"code":"HF_STORAGE_FULL"')) await writeFile(join(work, 'go'), '');
  }
  await closed;
  expect(said).toContain('"code":"HF_STORAGE_FULL"');
  expect(run.exitCode, said).toBe(7);
});
