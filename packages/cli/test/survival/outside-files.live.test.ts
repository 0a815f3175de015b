import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HeldRun, machineGone } from '@holdfast/testkit/victims';
import { describe, expect, it } from 'vitest';
import { errorOf, forget, makeLine, scratchFolder } from './interruptions.js';

/** Writes numbers into a file outside its working directory, opened once in the given way, until it is told to end. */
function job(redirection: string): readonly [string, ...string[]] {
  const loop = 'n=0; while [ ! -e finish ]; do n=$((n+1)); echo $n >&3; echo $n >> inside; sleep 0.05; done';
  return ['/bin/sh', '-c', `exec 3${redirection}"$0"; ${loop}`];
}

/** Until the job has written more than there was when the snapshot was told, to the file outside too. */
async function writesOn(path: string): Promise<void> {
  const length = async (): Promise<number> => (await readFile(path)).length;
  for (const before = await length(); (await length()) <= before; ) await delay(20);
}

describe('a file outside the tracked paths that the job has open for writing', () => {
  it('is cut to its recorded length where it was appended to, and what was cut is kept', async () => {
    const folder = await scratchFolder('outside');
    const outside = join(folder, 'outside');
    await mkdir(outside);
    const log = join(outside, 'log');
    const line = await makeLine(folder, 'outside', { command: [...job('>>'), log] });
    const first = new HeldRun(line, 0);
    expect(await first.until(() => first.has('snapshot.committed'), 60_000)).toBe(true);
    await writesOn(log);
    await machineGone(first);
    const longer = await readFile(log, 'utf8');

    const second = new HeldRun(line, 1);
    expect(await second.until(() => second.has('job.resumed'), 60_000)).toBe(true);
    await writesOn(log);
    await writeFile(join(line.workingDirectory, 'finish'), '');
    expect((await second.ended).status).toBe(0);
    second.close();
    const written = (await readFile(log, 'utf8')).trim().split('\n');
    expect(written).toEqual(Array.from(written, (_, index) => `${index + 1}`));
    expect((await readFile(join(line.workingDirectory, 'inside'), 'utf8')).trim().split('\n')).toEqual(written);
    const saved = join(line.workingDirectory, '.holdfast');
    const tails = await Promise.all((await readdir(saved, { recursive: true })).map((name) => readFile(join(saved, name), 'utf8').catch(() => '')));
    expect(
      tails.some((tail) => tail !== '' && longer.endsWith(tail)),
      `no tail of the log in ${saved}`,
    ).toBe(true);
    await forget(folder);
  });

  it('is named, and nothing is started, where it was written to in another way', async () => {
    const folder = await scratchFolder('outside');
    const outside = join(folder, 'outside');
    await mkdir(outside);
    const database = join(outside, 'database');
    const line = await makeLine(folder, 'outside', { command: [...job('<>'), database] });
    const first = new HeldRun(line, 0);
    expect(await first.until(() => first.has('snapshot.committed'), 60_000)).toBe(true);
    await writesOn(database);
    await machineGone(first);
    const inside = await readFile(join(line.workingDirectory, 'inside'), 'utf8');

    const second = new HeldRun(line, 1);
    expect((await second.ended).status).toBe(125);
    second.close();
    expect(second.has('job.resumed') || second.has('job.started')).toBe(false);
    expect(errorOf(second).code).toBe('HF_RESTORE_REFUSED');
    expect(errorOf(second).message).toContain(database);
    expect(await readFile(join(line.workingDirectory, 'inside'), 'utf8')).toBe(inside);
    await forget(folder);
  });
});
