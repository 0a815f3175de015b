import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingDocker, startDocker } from '@holdfast/testkit/docker';
import { expect, test } from 'vitest';
import { callRunc } from '../../src/container/runc.js';
import { toolsOfEnvironment, until } from '../container/machine.js';
import { PreparingRuntime } from './preparing-runtime.js';

test.skipIf(missingDocker() !== undefined)(
  'a file system that is mounted inside a bound folder keeps nobody from a snapshot, and is seen as before',
  async () => {
    const tools = await toolsOfEnvironment();
    await using folder = await mkdtempDisposable(join(tmpdir(), 'hf-runtime-'));
    const runtime = new PreparingRuntime(folder.path, tools);
    await using node = await startDocker({ runtimes: { preparing: runtime.path } });
    await node.importImage('base');
    const [outer, inner] = [join(node.folder, 'outer'), join(node.folder, 'outer/inner')];
    for (const path of [inner, join(node.folder, 'elsewhere')]) mkdirSync(path, { recursive: true });
    execFileSync('mount', ['--bind', join(node.folder, 'elsewhere'), inner]);
    try {
      const program = 'echo here > /data/inner/file; echo up; exec sleep 1000 > /data/inner/open';
      const id = await node.docker(['run', '-d', '--runtime', 'preparing', '--network', 'none', '-v', `${outer}:/data`, 'base', 'sh', '-c', program]);
      await until(async () => (await node.docker(['logs', id])).includes('up'));
      const runc = { tools, root: node.runtimeRoot, log: join(folder.path, 'runc.log') };
      const words = ['checkpoint', '--leave-running', '--image-path', runtime.images, '--work-path', folder.path, id];
      expect(await callRunc(runc, words, 60_000)).toMatchObject({ ok: true, words: '' });
      await node.docker(['kill', id]);
    } finally {
      execFileSync('umount', [inner]);
    }
    expect(readFileSync(join(node.folder, 'elsewhere/file'), 'utf8')).toBe('here\n');
  },
);
