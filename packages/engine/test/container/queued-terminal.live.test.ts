import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { findQueuedTerminal, hasTerminals } from '../../src/container/queued-terminal.js';
import { toolsOfEnvironment } from './machine.js';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that has opened a pair `m` and `s` and done this and that with it. */
async function start(statements: string): Promise<number> {
  const program = `import os, sys, termios, time, tty\nm, s = os.openpty()\n${statements}\nprint("up", flush=True)\ntime.sleep(60)`;
  const child = spawn('python3', ['-c', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

async function foundIn(...pids: readonly number[]): Promise<unknown> {
  const { terminals: tool } = await toolsOfEnvironment();
  return findQueuedTerminal({ tool, pids });
}

const rawWithMinimum = 'tty.setraw(s); a = termios.tcgetattr(s); a[6][termios.VMIN] = 9; termios.tcsetattr(s, termios.TCSANOW, a)';

test.each([
  ['nothing', 'pass', undefined],
  ['output that nobody has read', 'os.write(s, b"ab\\n")', { end: 'master', bytes: 4 }],
  ['the echo of what was typed', 'os.write(m, b"ab")', { end: 'master', bytes: 2 }],
  ['a line of input', 'os.write(m, b"ab\\n"); os.read(m, 9)', { end: 'slave', bytes: 3 }],
  ['an end of file', 'os.write(m, b"\\4")', { end: 'slave', bytes: 0 }],
  ['fewer bytes than its reader waits for', `${rawWithMinimum}; os.write(m, b"a")`, { end: 'slave', bytes: 1 }],
  ['the last words of a process that has closed it', 'os.write(s, b"ab"); os.close(s)', { end: 'master', bytes: 2 }],
  ['a hang-up, which a dump keeps', 'os.close(s)', undefined],
  ['a line without an end, which no dump touches', 'os.write(m, b"ab"); os.read(m, 9)', undefined],
])('%s in a terminal', async (_what, statements, expected) => {
  const pid = await start(statements);
  // The kernel takes what was written to the other end a moment later.
  if (expected === undefined) expect(await foundIn(pid)).toBeUndefined();
  else await vi.waitFor(async () => expect(await foundIn(pid)).toMatchObject({ pid, ...expected }), { timeout: 30_000 });
});

test('input is looked at only where the other end is in the job, too', async () => {
  const parent = await start(`closed, tell = os.pipe()
if os.fork() == 0: os.close(m); os.write(tell, b"x"); time.sleep(60); os._exit(0)
os.read(closed, 1); os.write(m, b"ab\\n"); os.read(m, 9); os.close(s)`);
  const child = Number(readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim());
  expect(await foundIn(child)).toBeUndefined();
  expect(await foundIn(parent, child)).toMatchObject({ pid: child, end: 'slave', bytes: 3 });
});

test('a process without a terminal, and one that is gone, are none that matter', async () => {
  expect(await foundIn(process.pid, 2 ** 22 - 1)).toBeUndefined();
  expect(await hasTerminals(2 ** 22 - 1)).toBe(false);
  await start('pass');
  expect(await hasTerminals(process.pid)).toBe(true);
});
