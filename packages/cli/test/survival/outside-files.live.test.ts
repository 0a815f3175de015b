import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HeldRun, machineGone } from '@holdfast/testkit/victims';
import { describe, expect, it } from 'vitest';
import { errorOf, forget, makeLine, scratchFolder } from './interruptions.js';

const lines = 80;

/** Writes numbers into a file outside its working directory, opened once in the given way. */
function job(redirection: string): readonly [string, ...string[]] {
  const loop = `n=0; while [ $n -lt ${lines} ]; do n=$((n+1)); echo $n >&3; echo $n >> inside; sleep 0.05; done`;
  return ['/bin/sh', '-c', `exec 3${redirection}"$0"; ${loop}`];
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
    await delay(300);
    await machineGone(first);
    const longer = await readFile(log, 'utf8');

    const second = new HeldRun(line, 1);
    expect(await second.until(() => second.has('job.resumed'), 60_000)).toBe(true);
    expect((await second.ended).status).toBe(0);
    second.close();
    const numbers = Array.from({ length: lines }, (_, index) => `${index + 1}`);
    expect((await readFile(log, 'utf8')).trim().split('\n')).toEqual(numbers);
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
    await delay(300);
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
