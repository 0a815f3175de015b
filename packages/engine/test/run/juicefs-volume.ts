import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A volume of the real client, its metadata in SQLite and its blocks in a folder, mounted at `mountPoint`. */
export interface JuicefsVolume extends AsyncDisposable {
  readonly mountPoint: string;
  mount(): Promise<void>;
  /** SIGKILL of the client and of what watches it: whoever touches the mount gets ENOTCONN. */
  kill(): Promise<void>;
  /** SIGSTOP: whoever touches the mount waits. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Takes away what is mounted, also where it is in use. */
  unmount(): Promise<void>;
}

export async function juicefsVolume(program: string, directory: string): Promise<JuicefsVolume> {
  const [meta, mountPoint] = [`sqlite3://${join(directory, 'meta.db')}`, join(directory, 'mount')];
  await mkdir(mountPoint, { recursive: true });
  await run(program, ['format', '--storage', 'file', '--bucket', `${join(directory, 'objects')}/`, '--trash-days', '0', meta, 'tests']);
  let client: ChildProcess | undefined;
  const signal = (name: NodeJS.Signals): void => {
    if (client?.pid !== undefined) process.kill(-client.pid, name);
  };
  const volume: JuicefsVolume = {
    mountPoint,
    mount: async () => {
      const options = ['--no-usage-report', '--no-syslog', '--cache-dir', join(directory, 'cache'), '--metrics', '127.0.0.1:0', '--backup-meta', '0'];
      client = spawn(program, ['mount', ...options, meta, mountPoint], { detached: true, stdio: 'ignore' });
      while ((await stat(mountPoint)).ino !== 1) await delay(50);
    },
    kill: async () => {
      const running = client;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const ended = once(running, 'exit');
      signal('SIGKILL');
      await ended;
    },
    pause: async () => signal('SIGSTOP'),
    resume: async () => signal('SIGCONT'),
    unmount: async () => {
      await run('umount', ['-l', mountPoint]);
    },
    [Symbol.asyncDispose]: async () => {
      await volume.kill();
      await volume.unmount().catch(() => undefined);
    },
  };
  return volume;
}
