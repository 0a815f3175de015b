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
    expect(found[0]?.blocksFreeze).toBe(false);
  });

  it('are terminals, of which not all comes back', async () => {
    const pid = await start('python3', '-c', 'import os,time; os.openpty(); print("up",flush=True); time.sleep(60)');
    const found = await findObstacles([pid], pid);
    expect(found).toMatchObject([{ kind: 'has a pseudo-terminal of its own', blocksFreeze: false }]);
    expect(found[0]?.message).toMatch(/ of its own: .* does not bring back what was typed into it without the end of its line$/);
  });

  it('are namespaces of a process that are not those of the job', async () => {
    const outer = await start('unshare', '--pid', '--fork', '--kill-child', 'sh', '-c', 'echo up; exec sleep 60');
    const inner = Number(readFileSync(`/proc/${outer}/task/${outer}/children`, 'utf8').trim());
    const found = await findObstacles([inner], process.pid);
    expect(found.map(({ message }) => message)).toEqual([expect.stringMatching(/^process \S+ \(\d+\) has a pid namespace of its own/)]);
  });

  it('are tracers; one of the job itself would keep it from standing still', async () => {
    const { tracer, tracee } = await tracedBy('gdb');
    const kind = 'is traced (strace, gdb, a debugger)';
    expect(await findObstacles([tracee], process.pid)).toMatchObject([{ kind, blocksFreeze: false }]);
    expect(await findObstacles([tracer, tracee], process.pid)).toMatchObject([{ kind, blocksFreeze: true }]);
  });

  it('are not the CRIU of a snapshot that is being taken, whatever loader has started it', async () => {
    expect(await findObstacles([(await tracedBy('criu')).tracee], process.pid)).toEqual([]);
    child?.kill('SIGKILL');
    expect(await findObstacles([(await tracedBy('ld-linux-x86-64', '/opt/root/usr/sbin/criu', 'swrk')).tracee], process.pid)).toEqual([]);
  });

  async function tracedBy(name: string, ...words: readonly string[]): Promise<{ readonly tracer: number; readonly tracee: number }> {
    const trace =
      'import ctypes,os,sys,time; c=ctypes.CDLL(None); p=os.fork()\nif p==0: time.sleep(60)\nc.prctl(15,sys.argv[1].encode(),0,0,0); c.ptrace(0x4206,p,0,0); print(p,flush=True); time.sleep(60)';
    const tracer = await start('python3', '-c', trace, name, ...words);
    return { tracer, tracee: Number(readFileSync(`/proc/${tracer}/task/${tracer}/children`, 'utf8').trim()) };
  }
});
