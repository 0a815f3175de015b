import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@holdfast/core';
import { describe, expect, test } from 'vitest';
import { isAboutToEnd } from '../../../src/run/about-to-end.js';
import { standing, until } from '../machine.js';
import { ForeignContainer } from './bundle.js';

/** Those of this process. */
function guards(): readonly string[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return children.filter((pid) => existsSync(`/proc/${pid}/comm`) && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'holdfast-guard\n');
}

describe('a container of somebody else', () => {
  test('is dumped while it stands still, and goes on to its own end', async () => {
    await using foreign = await ForeignContainer.start(200);
    const container = await foreign.adopt(() => Promise.resolve(7));
    await until(() => foreign.lines().length > 3);
    const [imagesDir, workDir] = [join(foreign.base, 'images'), join(foreign.base, 'work')];
    const dump = await container.prepareDump({ imagesDir, workDir, deadlineMs: 60_000 });
    await container.freeze();
    await dump.run(await standing(container));
    await container.assertFrozen();
    const during = foreign.lines().length;
    await container.thaw();
    foreign.letGoOn();
    expect(readdirSync(imagesDir)).toEqual(expect.arrayContaining(['inventory.img', 'pstree.img', 'pages-1.img']));
    await until(() => foreign.lines().length > during + 3);
    await expect(container.exited).resolves.toEqual({ exitCode: 7, signal: undefined });
    expect(foreign.lines()).toEqual(Array.from({ length: 200 }, (_, index) => String(index + 1)));
  });

  test('is frozen once more for the same dump, whose guard stays until it is thawed for good', async () => {
    await using foreign = await ForeignContainer.start(100_000);
    const container = await foreign.adopt(() => Promise.resolve(0));
    const [imagesDir, workDir] = [join(foreign.base, 'images'), join(foreign.base, 'work')];
    const dump = await container.prepareDump({ imagesDir, workDir, deadlineMs: 60_000 });
    await container.freeze();
    await container.thaw({ again: true });
    const between = foreign.lines().length;
    await until(() => foreign.lines().length > between);
    await container.freeze();
    await dump.run(await standing(container));
    expect(guards()).toHaveLength(1);
    await container.thaw();
    await until(() => guards().length === 0);
    await container.kill();
  });

  test('that its owner has paused is neither frozen nor thawed', async () => {
    await using foreign = await ForeignContainer.start(100_000);
    const container = await foreign.adopt(() => Promise.resolve(0));
    foreign.runc('pause', foreign.id);
    await expect(container.freeze()).rejects.toMatchObject({ code: 'HF_FREEZE_FAILED', kind: 'conflict' });
    await container.thaw();
    await expect(container.assertFrozen()).resolves.toBeUndefined();
    foreign.runc('resume', foreign.id);
    await container.kill();
  });

  test('that was ended from outside has not ended by itself, whatever its status', async () => {
    await using foreign = await ForeignContainer.start(100_000);
    const container = await foreign.adopt(() => Promise.resolve(0));
    container.relayed(15);
    await container.kill();
    await expect(container.exited).resolves.toEqual({ exitCode: undefined, signal: 15 });
  });

  test('that took a signal and went on for long has ended by itself', async () => {
    await using foreign = await ForeignContainer.start(100_000);
    let passedMs = 0;
    const container = await foreign.adopt(() => Promise.resolve(0), { ...systemClock, monotonicMs: () => performance.now() + passedMs });
    container.relayed(3);
    passedMs = 3_600_000;
    foreign.runc('kill', foreign.id, 'KILL');
    await expect(container.exited).resolves.toEqual({ exitCode: 0, signal: undefined });
  });

  test('is killed although it stands still', async () => {
    await using foreign = await ForeignContainer.start(100_000);
    const container = await foreign.adopt(() => Promise.resolve(137));
    await container.freeze();
    const { signal } = new AbortController();
    expect(await isAboutToEnd(container.initPid, signal)).toBe(false);
    await container.signal(9);
    expect(await isAboutToEnd(container.initPid, signal)).toBe(true);
    await container.kill();
    await expect(container.exited).resolves.toEqual({ exitCode: 137, signal: undefined });
  });
});
