import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import type { RunEventBody } from '../../src/run/events.js';
import { ObstacleTeller } from '../../src/run/obstacle-teller.js';

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** A process that traces its child. */
const trace =
  'import ctypes,os,time; c=ctypes.CDLL(None); p=os.fork()\nif p==0: time.sleep(60)\nc.prctl(15,b"strace",0,0,0); c.ptrace(0x4206,p,0,0); print("up",flush=True); time.sleep(60)';

async function startTracer(): Promise<number> {
  const started = spawn('python3', ['-c', trace], { stdio: ['ignore', 'pipe', 'ignore'] });
  child = started;
  await once(started.stdout, 'data');
  return started.pid ?? 0;
}

function tellerOf(pids: readonly number[]): { readonly teller: ObstacleTeller; readonly told: readonly RunEventBody[] } {
  const told: RunEventBody[] = [];
  const container = { initPid: process.pid, processes: () => Promise.resolve(pids) };
  return { teller: new ObstacleTeller(container, (event) => told.push(event)), told };
}

it('a job with a traced process is told once, and each of its snapshots is refused before anything is frozen', async () => {
  const tracer = await startTracer();
  const tracee = Number(readFileSync(`/proc/${tracer}/task/${tracer}/children`, 'utf8').trim());
  const { teller, told } = tellerOf([tracer, tracee]);
  const refused = { kind: 'is traced (strace, gdb, a debugger)', blocksFreeze: true };
  expect(await teller.look()).toMatchObject(refused);
  expect(await teller.look()).toMatchObject(refused);
  expect(told).toMatchObject([{ type: 'job.obstacle', hint: 'end the tracer: a process can have but one' }]);
});

it('a job without one is not refused', async () => {
  child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const { teller, told } = tellerOf([child.pid ?? 0]);
  expect(await teller.look()).toBeUndefined();
  expect(told).toEqual([]);
});
