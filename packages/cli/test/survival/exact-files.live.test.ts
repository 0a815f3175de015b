import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeldRun, machineGone } from '@holdfast/testkit/victims';
import { expect, it } from 'vitest';
import { forget, makeLine, scratchFolder } from './interruptions.js';

const program = fileURLToPath(new URL('tree.py', import.meta.url));

/** `make` must be done before the first snapshot counts; then the job waits for its machine to be lost, and after that for a word. */
const job = `/usr/bin/python3 tree.py make tree && : > made; until [ -e finish ]; do sleep 0.1; done; [ ! -e tree/goes ]`;

function describe(tree: string): readonly string[] {
  return execFileSync('/usr/bin/python3', [program, 'describe', tree], { encoding: 'utf8' }).trim().split('\n');
}

it('every kind of file comes back exactly, although it was changed, removed or added to meanwhile', async () => {
  const folder = await scratchFolder('files');
  const line = await makeLine(folder, 'files', { command: ['/bin/sh', '-c', job] });
  await copyFile(program, join(line.workingDirectory, 'tree.py'));
  const tree = join(line.workingDirectory, 'tree');
  await mkdir(tree);
  await writeFile(join(tree, 'goes'), 'there before the job began, removed by it');

  const first = new HeldRun(line, 0);
  const isMade = async (): Promise<boolean> => (await readdir(line.workingDirectory)).includes('made');
  for (const end = Date.now() + 60_000; !(await isMade()) && Date.now() < end; ) await first.until(() => false, 20);
  const before = first.count('snapshot.committed');
  // The one under way may have begun before all was made.
  expect(await first.until(() => first.count('snapshot.committed') >= before + 2, 60_000), first.printed).toBe(true);
  await machineGone(first);
  const expected = describe(tree);
  expect(expected.length).toBeGreaterThan(15);

  await writeFile(join(tree, 'plain'), 'changed by somebody\n');
  await chmod(join(tree, 'setuid'), 0o600);
  await rm(join(tree, 'linked again'));
  await rm(join(tree, 'folder', 'empty'), { recursive: true });
  await rm(join(tree, 'fifo'));
  await writeFile(join(tree, 'goes'), 'back again');
  await writeFile(join(tree, 'stranger'), 'was never there');

  const second = new HeldRun(line, 1);
  expect(await second.until(() => second.has('job.resumed'), 60_000)).toBe(true);
  expect(describe(tree)).toEqual(expected);
  // What stood in the way is moved, not lost.
  const moved = execFileSync('grep', ['-rlE', 'changed by somebody|back again|was never there', join(line.workingDirectory, '.holdfast')]);
  expect(moved.toString().trim().split('\n')).toHaveLength(3);
  await writeFile(join(line.workingDirectory, 'finish'), '');
  const { status } = await second.ended;
  expect(status).toBe(0);
  expect(describe(tree)).toEqual(expected);
  second.close();
  await forget(folder);
});
