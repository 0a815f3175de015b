import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Machine, until } from './machine.js';

/** Numbered lines: any byte lost, repeated or moved shows. */
function inputFile(machine: Machine, lines: number): string {
  const path = join(machine.base, 'input');
  writeFileSync(
    path,
    Array.from({ length: lines }, (_, index) => `line ${index} ${createHash('md5').update(String(index)).digest('hex')}\n`).join(''),
  );
  return path;
}

/** Its last part waits for a word: the job does not end before its snapshots are taken, however slow the machine is. */
const slowCat = `import os, sys, time
total = 0
while True:
    while total > 1500000 and not os.path.exists('finish'): time.sleep(0.01)
    block = sys.stdin.buffer.read1(3001)
    if not block: break
    total += len(block)
    sys.stdout.buffer.write(block); sys.stdout.buffer.flush()
    if total % 7 == 0: time.sleep(0.005)
`;

test('input that was consumed is not given again, input that was not is, through two resumes', async () => {
  await using machine = await Machine.open();
  machine.write('cat.py', slowCat);
  const input = inputFile(machine, 40_000);
  const expected = machine.read(input);
  let container = await machine.start(['python3', 'cat.py'], { stdin: input });
  for (let life = 0; life < 2; life++) {
    await until(() => machine.read().length > (life + 1) * 300_000);
    const saved = await machine.save(container);
    await container.kill();
    await container.dispose();
    // What was printed after the snapshot comes again: the comparison takes what was there at that moment.
    truncateSync(machine.output, saved.outputBytes);
    container = await machine.restore(saved, { stdin: input });
  }
  machine.write('finish', '');
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  expect(machine.read()).toBe(expected);
});

test.each([
  ['sort', (text: string): string => `${text.trimEnd().split('\n').sort().join('\n')}\n`],
  ['wc -l', (text: string): string => `${text.split('\n').length - 1}\n`],
])('%s of an input that comes slowly gives the same through a pipe that is cut', async (command, answer) => {
  await using machine = await Machine.open();
  const text = machine.read(inputFile(machine, 20_000));
  const fifo = join(machine.base, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const keepOpen = openSync(fifo, 'r+');
  let container = await machine.start(['sh', '-c', command], { stdin: fifo });
  writeSync(keepOpen, text.slice(0, 60_000));
  const saved = await machine.save(container);
  await container.kill();
  await container.dispose();
  closeSync(keepOpen);
  container = await machine.restore(saved, { stdin: join(machine.base, 'input') });
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  expect(machine.read()).toBe(answer(text));
});

test('a reader that goes away ends the job by SIGPIPE, as in a shell', async () => {
  await using machine = await Machine.open();
  const fifo = join(machine.base, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const reader = openSync(fifo, 'r+');
  const writer = openSync(fifo, 'w');
  const container = await machine.start(['sh', '-c', 'yes; echo $? > status'], { stdout: writer });
  closeSync(writer);
  closeSync(reader);
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  expect(machine.read(join(machine.cwd, 'status'))).toBe('141\n');
});

test('a slow reader holds the job up and loses nothing; drain waits for it', async () => {
  await using machine = await Machine.open();
  const fifo = join(machine.base, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const both = openSync(fifo, 'r+');
  const container = await machine.start(['sh', '-c', 'head -c 400000 /dev/zero | tr "\\0" x; echo end > done'], { stdout: both });
  let drained = false;
  const drain = container.drain().then(() => (drained = true));
  await container.freeze();
  await container.thaw();
  expect(machine.read(join(machine.cwd, 'done'))).toBe('');
  const copy = execFileSync('head', ['-c', '400000'], { stdio: [both, 'pipe', 'inherit'], maxBuffer: 1e6 });
  await drain;
  expect(drained).toBe(true);
  expect(copy.equals(Buffer.alloc(400_000, 'x'))).toBe(true);
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  closeSync(both);
});

test('a job that is killed ends although nobody reads its output', async () => {
  await using machine = await Machine.open();
  const fifo = join(machine.base, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const both = openSync(fifo, 'r+');
  const container = await machine.start(['sh', '-c', 'head -c 100000 /dev/zero; touch full; exec yes'], { stdout: both });
  await until(() => existsSync(join(machine.cwd, 'full')));
  await container.kill();
  expect(await container.exited).toEqual({ exitCode: undefined, signal: 9 });
  await container.dispose();
  closeSync(both);
});

test('a job that ended by itself waits for whoever reads its last output', async () => {
  await using machine = await Machine.open();
  const fifo = join(machine.base, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const both = openSync(fifo, 'r+');
  const container = await machine.start(['sh', '-c', 'head -c 100000 /dev/zero'], { stdout: both });
  await until(() => existsSync(join(machine.runDirectory(container.id), 'exit')));
  const copy = execFileSync('head', ['-c', '100000'], { stdio: [both, 'pipe', 'inherit'] });
  expect(copy.equals(Buffer.alloc(100_000))).toBe(true);
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  closeSync(both);
});

test.each([
  ['exit 42', { exitCode: 42, signal: undefined }],
  ['kill -9 $$', { exitCode: 137, signal: undefined }],
  ['kill -TERM 1; sleep 60', { exitCode: 143, signal: undefined }],
  ['sleep 0.01 & sleep 0.01 & wait; (sleep 100 &) ; exit 5', { exitCode: 5, signal: undefined }],
])('%s ends as it would without Holdfast', async (command, status) => {
  await using machine = await Machine.open();
  const container = await machine.start(['sh', '-c', command]);
  expect(await container.exited).toEqual(status);
});

test('a command that is not there ends with 127 and a sentence, one that cannot be executed with 126', async () => {
  await using machine = await Machine.open();
  const missing = await machine.start(['no-such-program']);
  expect(await missing.exited).toEqual({ exitCode: 127, signal: undefined });
  const folder = await machine.start([machine.cwd]);
  expect(await folder.exited).toEqual({ exitCode: 126, signal: undefined });
  expect(machine.read(join(machine.base, 'stderr'))).toBe(
    `holdfast: cannot run "no-such-program": No such file or directory\nholdfast: cannot run "${machine.cwd}": Permission denied\n`,
  );
});

test('signals reach the command', async () => {
  await using machine = await Machine.open();
  const container = await machine.start(['sh', '-c', 'trap "echo caught; exit 9" USR1; echo ready; while :; do sleep 0.01; done']);
  await until(() => machine.read().includes('ready'));
  await container.signal(10);
  expect(await container.exited).toEqual({ exitCode: 9, signal: undefined });
  expect(machine.read()).toBe('ready\ncaught\n');
});
