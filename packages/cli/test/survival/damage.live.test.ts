import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HeldLine, HeldRun, machineGone, numberField } from '@holdfast/testkit/victims';
import { describe, expect, it } from 'vitest';
import { errorOf, forget, makeLine, scratchFolder } from './interruptions.js';

const command = ['/bin/sh', '-c', 'n=0; while [ $n -lt 600 ]; do n=$((n+1)); echo $n >> counted; sleep 0.1; done'] as const;

/** Runs until the third snapshot and loses the machine. */
async function interrupted(folder: string): Promise<HeldLine> {
  const line = await makeLine(folder, 'damage', { command, more: ['--keep', '3'] });
  const run = new HeldRun(line, 0);
  expect(await run.until(() => run.count('snapshot.committed') >= 3, 90_000)).toBe(true);
  await machineGone(run);
  return line;
}

async function newest(line: HeldLine, ending: string): Promise<string> {
  const place = join(line.storage, 'jobs', line.job, `${ending}s`);
  const name = (await readdir(place))
    .filter((each) => each.endsWith(`.${ending}`) && !each.startsWith('tmp.'))
    .sort()
    .at(-1);
  if (name === undefined) throw new Error(`there is no ${ending} in ${place}`);
  return join(place, name);
}

async function change(path: string, position: number, alter: (byte: number) => number): Promise<void> {
  await using file = await open(path, 'r+');
  const at = position >= 0 ? position : Math.floor((await file.stat()).size / 2);
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = alter(byte[0] ?? 0);
  await file.write(byte, 0, 1, at);
}

describe('a repository that is not as it was written', () => {
  for (const kind of ['manifest', 'pack']) {
    it(`a flipped bit in the newest ${kind}: the job resumes from an older snapshot, and that is told`, async () => {
      const folder = await scratchFolder('damage');
      const line = await interrupted(folder);
      await change(await newest(line, kind), -1, (byte) => byte ^ 4);
      const run = new HeldRun(line, 1);
      expect(await run.until(() => run.has('job.resumed') || run.end !== undefined, 60_000)).toBe(true);
      const passed = run.events.filter(({ type }) => type === 'restore.failed');
      expect(passed.length, 'restore.failed events').toBeGreaterThan(0);
      expect(passed[0]?.['code']).toMatch(/^HF_(MANIFEST|PACK)_CORRUPT$/);
      expect(passed[0]?.['next']).toBe('older');
      const from = numberField(run.last('job.resumed') ?? { type: '' }, 'snapshot') ?? 0;
      expect(from).toBeGreaterThan(0);
      expect(from).toBeLessThan(numberField(passed[0] ?? { type: '' }, 'snapshot') ?? 0);
      await machineGone(run);
      await forget(folder);
    });
  }

  it('no snapshot that can be read: nothing starts, unless the policy says to start anew', async () => {
    const folder = await scratchFolder('unreadable');
    const line = await interrupted(folder);
    const place = join(line.storage, 'jobs', line.job, 'manifests');
    for (const name of await readdir(place)) if (name.endsWith('.manifest')) await change(join(place, name), -1, (byte) => byte ^ 4);
    const run = new HeldRun(line, 1);
    expect((await run.ended).status).toBe(125);
    run.close();
    expect(run.has('job.resumed') || run.has('job.started')).toBe(false);
    expect(errorOf(run).code).toBe('HF_NOTHING_TO_RESTORE');
    const anew = new HeldRun({ ...line, more: ['--on-restore-failure', 'fresh'] }, 2);
    expect(await anew.until(() => anew.has('job.started'), 60_000)).toBe(true);
    await machineGone(anew);
    await forget(folder);
  });
});
