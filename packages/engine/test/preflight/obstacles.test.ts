import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { findObstacles } from '../../src/preflight/obstacles.js';

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** Starts a program that says a line once it is as far; gives its process. */
async function start(program: string, ...args: readonly string[]): Promise<number> {
  const started = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  child = started;
  await once(started.stdout, 'data');
  return started.pid ?? 0;
}

describe('obstacles of a running job', () => {
  it('are none for a program with files, pipes and sockets', async () => {
    const program =
      'import socket,os,time; s=socket.socket(); s.bind(("127.0.0.1",0)); s.listen(); f=open("/dev/null"); print("up",flush=True); time.sleep(60)';
    const pid = await start('python3', '-c', program);
    expect(await findObstacles([pid], pid)).toEqual([]);
  });

  it('are told once a kind, with the name of a process and what would do', async () => {
    const device = ['/dev/fuse', '/dev/kvm'].find((path) => existsSync(path)) ?? '/dev/fuse';
    const pid = await start('python3', '-c', `import time; f=open("${device}","r+b",0); print("up",flush=True); time.sleep(60)`);
    const found = await findObstacles([pid, pid], pid);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain(`process python3 (${pid}) `);
    expect(found[0]?.message).toContain(`(${device}): a snapshot cannot take that along`);
    expect(found[0]?.hint).not.toBe('');
  });

  it('are namespaces of a process that are not those of the job', async () => {
    const outer = await start('unshare', '--pid', '--fork', '--kill-child', 'sh', '-c', 'echo up; exec sleep 60');
    const inner = Number(readFileSync(`/proc/${outer}/task/${outer}/children`, 'utf8').trim());
    const found = await findObstacles([inner], process.pid);
    expect(found.map(({ message }) => message)).toEqual([expect.stringMatching(/^process \S+ \(\d+\) has a pid namespace of its own/)]);
  });

  it('are tracers', async () => {
    const found = await findObstacles([await tracedBy('gdb')], process.pid);
    expect(found.map(({ kind }) => kind)).toEqual(['is traced (strace, gdb, a debugger)']);
  });

  it('are not the CRIU of a snapshot that is being taken', async () => {
    expect(await findObstacles([await tracedBy('criu')], process.pid)).toEqual([]);
  });

  async function tracedBy(name: string): Promise<number> {
    const trace =
      'import ctypes,os,sys,time; c=ctypes.CDLL(None); p=os.fork()\nif p==0: time.sleep(60)\nc.prctl(15,sys.argv[1].encode(),0,0,0); c.ptrace(0x4206,p,0,0); print(p,flush=True); time.sleep(60)';
    const tracer = await start('python3', '-c', trace, name);
    return Number(readFileSync(`/proc/${tracer}/task/${tracer}/children`, 'utf8').trim());
  }
});
