import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('hold-server.ts', import.meta.url));

interface Leftovers {
  readonly files: readonly string[];
  /** Numbers of the processes that work below the folder. */
  readonly processes: readonly string[];
}

/** What is left at the end of a process that starts a server and disposes of it. */
export async function disposedInChild(start: string): Promise<Leftovers> {
  return inChild(start, async (child, folder) => {
    child.stdin?.end();
    await once(child, 'exit');
    if (child.exitCode !== 0) throw new Error(`the child ended with ${child.exitCode}`);
    return leftovers(folder);
  });
}

/** What is left, once it no longer becomes less, of a server whose process is killed. */
export async function killedInChild(start: string): Promise<Leftovers> {
  return inChild(start, async (child, folder) => {
    child.kill('SIGKILL');
    let left = await leftovers(folder);
    for (let tries = 0; tries < 100 && left.files.length + left.processes.length > 0; tries += 1) {
      await sleep(100);
      left = await leftovers(folder);
    }
    return left;
  });
}

async function inChild(start: string, act: (child: ReturnType<typeof spawn>, folder: string) => Promise<Leftovers>): Promise<Leftovers> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-servers-test-'));
  await chmod(folder, 0o711);
  const child = spawn(process.execPath, [program, start], { env: { ...process.env, TMPDIR: folder }, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error(`the child did not start its server: it ended with ${child.exitCode}`);
    const running = await leftovers(folder);
    if (running.files.length === 0 || running.processes.length === 0) throw new Error('no server is seen where one runs');
    return await act(child, folder);
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

async function leftovers(folder: string): Promise<Leftovers> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const workplaces = await Promise.all(numbers.map((number) => readlink(`/proc/${number}/cwd`).catch(() => '')));
  return { files: await readdir(folder), processes: numbers.filter((_, index) => workplaces[index]?.startsWith(folder)) };
}
