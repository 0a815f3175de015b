import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LauncherSite } from './launcher-site.js';
import { ScriptedAgent } from './scripted-agent.js';

const page = 4096;
/** A launcher that waits for a reader is ended; its status is then none. */
const longestMs = 20_000;

/** A pipe without a reader, full: as a resumed job leaves its standard error before containerd reads it. */
class FullPipe implements Disposable {
  /** As the container's processes have it: they wait for room. */
  readonly end: number;
  readonly #own: number;

  constructor(path: string) {
    execFileSync('mkfifo', [path]);
    this.#own = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.end = openSync(path, constants.O_RDWR);
    try {
      for (;;) writeSync(this.#own, Buffer.alloc(page, 'j'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }

  read(length: number): string {
    const buffer = Buffer.alloc(length);
    return buffer.toString('utf8', 0, readSync(this.#own, buffer, 0, length, null));
  }

  /** What others than the job wrote. */
  rest(): string {
    return this.read(1 << 20).replace(/^j*/, '');
  }

  isBlocking(): boolean {
    const [, flags] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${this.end}`, 'utf8')) ?? [];
    return flags !== undefined && (Number.parseInt(flags, 8) & constants.O_NONBLOCK) === 0;
  }

  [Symbol.dispose](): void {
    closeSync(this.#own);
    closeSync(this.end);
  }
}

async function create(site: LauncherSite, stderr: number): Promise<number | null> {
  const words = ['--root', site.path('root'), 'create', '--bundle', site.bundle, 'c1'];
  const child = spawn(site.launcher, words, { stdio: ['ignore', 'ignore', stderr], timeout: longestMs, killSignal: 'SIGKILL' });
  await once(child, 'exit');
  return child.exitCode;
}

describe('a container whose output nobody reads yet', () => {
  it('starts, with what the agent says left out', async () => {
    await using site = await LauncherSite.create('true');
    using pipe = new FullPipe(site.path('stderr'));
    await using _agent = await ScriptedAgent.at(site.socket, { say: 'one' }, { say: 'two' }, { do: 'create' });
    expect(await create(site, pipe.end)).toBe(0);
    expect(await site.calls()).toHaveLength(1);
    expect(pipe.rest()).toBe('');
  });

  it('is told as much as there is room for, by a pipe that its processes have as before', async () => {
    await using site = await LauncherSite.create('true');
    using pipe = new FullPipe(site.path('stderr'));
    expect(pipe.read(page)).toHaveLength(page);
    await using _agent = await ScriptedAgent.at(site.socket, { say: 'x'.repeat(2 * page - 100) }, { do: 'create' });
    expect(await create(site, pipe.end)).toBe(0);
    expect(pipe.isBlocking()).toBe(true);
    expect(pipe.rest()).toBe(`holdfast: ${'x'.repeat(page - 10)}`);
  });
});
