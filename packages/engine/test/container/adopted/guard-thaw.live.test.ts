import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toolsOfEnvironment, until } from '../machine.js';

type GuardProcess = ChildProcessByStdio<Writable, Readable, null>;

let folder: string;
let freezer: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-guard-'));
  freezer = join(folder, 'freezer.state');
  writeFileSync(freezer, 'FROZEN');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The words of a guard whose freezer is a plain file. */
async function guard(command: string, { hook = '-', longestMs = 60_000, deadlineMs = 60_000 } = {}): Promise<GuardProcess> {
  const { guard: program } = await toolsOfEnvironment();
  const words = [String(deadlineMs), hook, '--thaw', freezer, 'THAWED', String(longestMs), '--', 'sh', '-c', command];
  return spawn(program, words, { stdio: ['pipe', 'pipe', 'ignore'] });
}

async function said(child: GuardProcess, wanted: string): Promise<void> {
  for await (const text of child.stdout.iterator({ destroyOnReturn: false })) if (String(text).includes(wanted)) return;
}

/** One whose command goes on to its end only once the guard was told of the freeze. */
async function frozenBefore(command: string): Promise<GuardProcess> {
  const frozen = join(folder, 'frozen');
  const child = await guard(`echo > $HOLDFAST_HOOK/ready; while [ ! -e ${frozen} ]; do sleep 0.01; done; ${command}`, { hook: folder });
  await said(child, 'ready');
  child.stdin.write('f');
  writeFileSync(frozen, '');
  return child;
}

function state(): string {
  return readFileSync(freezer, 'utf8');
}

describe('a guard that answers for the thaw', () => {
  test('stays after its command, tells its status, and leaves a job alone that Holdfast thawed', async () => {
    const child = await frozenBefore('exit 3');
    await said(child, 'ended 3');
    child.stdin.write('d');
    await expect(once(child, 'exit')).resolves.toEqual([3, null]);
    expect(state()).toBe('FROZEN');
  });

  test('thaws a job whose Holdfast is gone after the dump', async () => {
    const child = await frozenBefore('exit 0');
    await said(child, 'ended 0');
    expect(state()).toBe('FROZEN');
    child.stdin.destroy();
    await once(child, 'exit');
    expect(state()).toBe('THAWED');
  });

  test('lets a CRIU finish that has the job in its hands, and thaws then', async () => {
    const through = join(folder, 'through');
    const command = `echo > $HOLDFAST_HOOK/ready; head -c 1 $HOLDFAST_HOOK/go; while [ ! -e ${folder}/finish ]; do sleep 0.05; done; cat ${freezer} > ${through}`;
    const child = await guard(command, { hook: folder });
    await said(child, 'ready');
    child.stdin.end('fg\n');
    writeFileSync(join(folder, 'finish'), '');
    await once(child, 'exit');
    expect(readFileSync(through, 'utf8')).toBe('FROZEN');
    expect(state()).toBe('THAWED');
  });

  test('kills a command that was not let go, and thaws then', async () => {
    const child = await guard('sleep 600');
    child.stdin.end('f');
    await expect(once(child, 'exit')).resolves.toEqual([130, null]);
    expect(state()).toBe('THAWED');
  });

  test('thaws a job that stays frozen for too long although Holdfast lives', async () => {
    const child = await guard('sleep 600', { longestMs: 1 });
    child.stdin.write('f');
    await until(() => state() === 'THAWED');
    child.stdin.destroy();
    await once(child, 'exit');
  });

  test('does not touch a job that Holdfast has not frozen', async () => {
    const child = await guard('sleep 600');
    child.stdin.destroy();
    await once(child, 'exit');
    expect(state()).toBe('FROZEN');
  });
});
