import { spawn } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Deployment, Run, RunEvent } from '../../dist/index.js';
import { openWorkshop, type Workshop } from '../run/workshop.js';
import { keeper, pager, processesOf, repository, spare } from './lazy-processes.js';
import { torn } from './torn-job.js';

const mib = 32;

let workshop: Workshop;
let machine: Deployment;
beforeEach(async () => {
  workshop = await openWorkshop();
  machine = await workshop.machine('a');
});
afterEach(() => workshop[Symbol.asyncDispose]());

const at = (name: string): string => join(workshop.work, name);
const signal = (words: RegExp, name: NodeJS.Signals): void => processesOf(words, workshop.directory).forEach((pid) => process.kill(pid, name));
const comes = (name: string): Promise<void> => vi.waitFor(() => expect(existsSync(at(name))).toBe(true), { timeout: 60_000, interval: 20 });

/** Resumes the job lazily. When CRIU is about to let it run, the repository's process is stopped, or the storage goes away and the process with it. */
async function resume(what: 'stopped' | 'away' | undefined, deployment = machine): Promise<Run> {
  await writeFile(at('to-be-moved-away'), '');
  const onEvent = ({ type }: RunEvent): void => {
    if (type === 'files.moved' && what !== undefined)
      before(what === 'away' ? `mv ${workshop.storage} ${workshop.storage}-away; kill -KILL` : 'kill -STOP');
  };
  return await deployment.run(request(), { onEvent });
}

/** CRIU itself may need some of the pages. A program that little keeps waiting looks for the moment when it needs none any more. */
function before(command: string): void {
  const look = `for turn in $(seq 3000); do grep -qs 'execute the syscall 15' ${workshop.directory}/a/runs/*/restore/restore.log && break; sleep 0.004; done`;
  spawn('nice', ['-n', '-15', 'bash', '-c', `${look}; ${command} ${processesOf(repository, workshop.directory).join(' ')}`], { stdio: 'ignore' });
}

const request = (): Parameters<Deployment['run']>[0] => ({
  job: 'job',
  command: ['bash', '-c', torn(mib)],
  workingDirectory: workshop.work,
  environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
  interval: 3_600_000,
  resume: 'lazy',
});

async function does(word: string): Promise<void> {
  await writeFile(at(word), '');
  await comes(`${word}-done`);
}

const verdict = async (): Promise<string> =>
  `${await readFile(at('verdict'), 'utf8')} ${await readFile(at('verdict-of-a-child'), 'utf8').catch(() => '')}`;

/** Turns bytes of the newest pack around, in the middle of what it holds. */
async function damage(): Promise<void> {
  const names = (await readdir(workshop.storage, { recursive: true })).filter((name) => name.endsWith('.pack'));
  const packs = await Promise.all(
    names.map(async (name) => ({ path: join(workshop.storage, name), stats: await stat(join(workshop.storage, name)) })),
  );
  const newest = packs.toSorted((a, b) => b.stats.mtimeMs - a.stats.mtimeMs)[0];
  if (newest === undefined) throw new Error('there is no pack');
  expect(newest.stats.size).toBeGreaterThan(8 * 1024 ** 2);
  await using file = await open(newest.path, 'r+');
  for (let place = 2 * 1024 ** 2; place < newest.stats.size - 2 * 1024 ** 2; place += 64 * 1024)
    await file.write(Buffer.from('damaged'), 0, 7, place);
}

test('a job with missing pages waits for them, is ended, or goes on: whatever becomes of its storage, its pages and those who bring them', async () => {
  const first = await workshop.run(machine, { ...request(), script: torn(mib) });
  await comes('filled');
  await first.snapshot();
  await does('change');
  const { number } = await first.snapshot();
  await first.kill();

  // Pager and keeper in the same instant: the keeper, which stands still, cannot do anything before it ends.
  const killed = await resume('stopped');
  await writeFile(at('touch'), '');
  expect(processesOf(spare, workshop.directory)).toHaveLength(1);
  signal(keeper, 'SIGSTOP');
  signal(pager, 'SIGKILL');
  signal(keeper, 'SIGKILL');
  await vi.waitFor(() => expect(processesOf(spare, workshop.directory)).toEqual([]), { timeout: 60_000, interval: 5 });
  signal(repository, 'SIGKILL');
  expect(await killed.result).toMatchObject({ outcome: 'lost' });
  expect(existsSync(at('read'))).toBe(false);

  // The storage is gone for as long as a page may be waited for.
  const away = await resume('away', await workshop.machine('a', { limits: { pagesTimeout: '2s' } }));
  expect(await away.result).toMatchObject({ outcome: 'lost', error: { code: 'HF_MEMORY_LOST', kind: 'unavailable' }, lastSnapshot: number });
  renameSync(`${workshop.storage}-away`, workshop.storage);

  // A page is not what it was.
  await damage();
  const damaged = await resume(undefined);
  expect(await damaged.result).toMatchObject({ outcome: 'lost', error: { code: 'HF_MEMORY_LOST', kind: 'corrupt' }, lastSnapshot: number });
  const older = await machine.run({ ...request(), resume: 'eager' });
  expect(older.resumedFrom).toBe(number - 1);
  await does('touch');
  expect(await readFile(at('read'), 'utf8')).toBe('True');
  await older.kill();

  // The storage comes back, and the job tears its memory to pieces meanwhile.
  const back = await resume('away');
  await writeFile(at('tear'), '');
  await delay(500);
  renameSync(`${workshop.storage}-away`, workshop.storage);
  expect(await back.result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(await verdict()).toBe('right ');
});
