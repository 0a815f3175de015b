import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { findObstacles } from '../../src/preflight/obstacles.js';

describe('obstacles of a running job', () => {
  it('are none for a program with files, pipes and sockets', async () => {
    expect(await findObstacles([process.pid], process.pid)).toEqual([]);
  });

  it('are told once a kind, with the name of a process and what would do', async () => {
    await using device = await open('/dev/fuse', 'r+').catch(() => undefined);
    if (device === undefined) return expect(await findObstacles([process.pid], process.pid)).toEqual([]);
    const found = await findObstacles([process.pid, process.pid], process.pid);
    expect(found).toEqual([{ kind: expect.any(String), message: expect.stringMatching(/^process .+ \(\d+\) serves a file system of its own \(\/dev\/fuse\): /), hint: 'mount it outside of the job' }]);
  });

  it('are namespaces of a process that are not those of the job', async () => {
    const child = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sh', '-c', 'echo up; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await once(child.stdout, 'data');
      const inner = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0]);
      const found = await findObstacles([inner], process.pid);
      expect(found.map(({ message }) => message)).toEqual([expect.stringMatching(/^process sleep \(\d+\) has a pid namespace of its own/)]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
