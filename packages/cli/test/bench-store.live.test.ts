import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const bench = fileURLToPath(new URL('../../../bench/store.ts', import.meta.url));
const peers = ['holdfast', 'holdfast-encrypted', 'cp'];
const line = [
  '--size',
  '16MiB',
  '--shape',
  'mixed-5,growth,scattered',
  '--content',
  'compressible',
  '--peers',
  peers.join(','),
  '--rounds',
  '2',
  '--json',
];
const deadlineMs = 300_000;

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim: number | null;
  readonly runs: readonly number[];
}

// The benchmark itself compares every restored byte with the dump, and fails where one is wrong.
it(
  'the benchmark of the repository restores what it stored, and gives all figures',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [bench, ...line], { timeout: deadlineMs, maxBuffer: 1e8 });
    const figures = JSON.parse(stdout) as readonly Figure[];
    expect(figures.map(({ name }) => name).toSorted()).toEqual(expectedNames().toSorted());
    for (const { name, value, runs } of figures) {
      expect(runs, name).toHaveLength(name.includes('one full') ? 1 : 2);
      expect(value, name).toBeGreaterThan(0);
    }
    const named = (name: string): Figure | undefined => figures.find((figure) => figure.name === `16 MiB ${name}`);
    expect(named('mixed-5 compressible: second snapshot, pages stored / truly changed')).toMatchObject({ unit: 'ratio', aim: 1.05 });
    expect(named('mixed-5 compressible: second snapshot, wall, holdfast / cp')).toMatchObject({ unit: 'ratio', aim: 1 });
    expect(named('mixed-5 compressible: restore, holdfast-encrypted / holdfast, CPU')).toMatchObject({ unit: 'ratio', aim: 1.1 });
    // Each block has a tag of 16 bytes.
    const [encrypted, plain] = ['holdfast-encrypted', 'holdfast'].map(
      (peer) => named(`mixed-5 compressible: first snapshot, ${peer}, stored`)?.value ?? 0,
    );
    expect((encrypted ?? 0) - (plain ?? 0)).toBeGreaterThan(16 * 16);
    // A copy stores everything again, Holdfast what changed.
    expect(named('mixed-5 compressible: second snapshot, stored, holdfast / cp')?.value).toBeLessThan(0.2);
    // Whole pages would be a third of it: the second snapshot is told where the first one's images still lie.
    expect(named('scattered compressible: second snapshot, bytes stored / truly changed')?.value).toBeLessThan(0.2);
  },
  deadlineMs + 10_000,
);

it('a wrong option is refused by a sentence', async () => {
  const ended = promisify(execFile)(process.execPath, [bench, '--shape', 'mixed-0'], { timeout: deadlineMs });
  await expect(ended).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^bench store: --shape takes .*mixed-0.*\n$/) as string,
  });
});

it(
  'a benchmark that is killed leaves neither folders nor its job',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
    const [images, repositories] = [join(folder, 'images'), join(folder, 'repositories')];
    for (const path of [images, repositories]) await mkdir(path);
    const options = ['--images', images, '--repositories', repositories, '--size', '64MiB', '--peers', 'cp', '--rounds', '100'];
    const killed = spawn(process.execPath, [bench, ...options], { stdio: 'ignore' });
    await until(async () => (await readdir(images, { recursive: true })).some((name) => /core-\d+\.img$/.test(name)));
    expect(await processesIn(folder)).not.toEqual([]);
    killed.kill('SIGKILL');
    await until(async () => (await readdir(images)).length + (await readdir(repositories)).length === 0);
    await until(async () => (await processesIn(folder)).length === 0);
    await rm(folder, { recursive: true });
  },
  deadlineMs,
);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + deadlineMs / 2; Date.now() < end; await sleep(50)) if (await holds()) return;
  throw new Error('it did not come about');
}

/** The processes whose working directory lies in `folder`, there or not any more. */
async function processesIn(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(pids.map(async (pid) => ({ pid, cwd: await readlink(`/proc/${pid}/cwd`).catch(() => '') })));
  return places.filter(({ cwd }) => cwd.startsWith(folder)).map(({ pid }) => pid);
}

function expectedNames(): readonly string[] {
  const names: string[] = [];
  for (const shape of ['mixed-5', 'growth', 'scattered']) {
    const add = (name: string): void => void names.push(`16 MiB ${shape} compressible: ${name}`);
    for (const step of ['first snapshot', 'second snapshot', 'restore']) {
      for (const peer of peers) for (const what of ['wall', 'CPU', 'peak memory']) add(`${step}, ${peer}, ${what}`);
      add(`${step}, wall, holdfast / cp`);
      for (const what of ['wall', 'CPU']) add(`${step}, holdfast-encrypted / holdfast, ${what}`);
    }
    for (const step of ['first snapshot', 'second snapshot']) for (const peer of peers) add(`${step}, ${peer}, stored`);
    add('second snapshot, stored, holdfast / cp');
    for (const what of ['pages', 'bytes']) add(`second snapshot, ${what} stored / truly changed`);
    add('manifest / memory');
    if (shape === 'mixed-5') add('10 snapshots / one full, packs');
  }
  return names;
}
