import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMountInfo } from '../../src/container/host-mounts.js';
import { describeOverlay } from '../../src/oci/overlay-description.js';
import { openOverlay, type OverlayMount } from '../../src/oci/overlay-mount.js';
import { treeTool } from '../files/workspace.js';

/** A real overlay as a storage driver mounts one, over layers that several share. */
export class Overlay implements Disposable {
  readonly folder: string;
  readonly merged: string;
  readonly upper: string;

  constructor(home: string, id: string, options = 'index=off') {
    this.folder = join(home, id);
    this.merged = join(this.folder, 'merged');
    this.upper = join(this.folder, 'diff');
    for (const name of ['diff', 'work', 'merged']) mkdirSync(join(this.folder, name), { recursive: true });
    const layers = `lowerdir=l/top:l/base,upperdir=${id}/diff,workdir=${id}/work,${options}`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, this.merged], { cwd: home });
  }

  async open(): Promise<OverlayMount> {
    const mount = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')).find(({ mountPoint }) => mountPoint === this.merged);
    if (mount === undefined) throw new Error(`${this.merged} is not mounted`);
    return openOverlay(await describeOverlay(mount), { treeTool });
  }

  isMounted(): boolean {
    return readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${this.merged} `);
  }

  /** Runs a shell script in the merged folder, or another. */
  shell(script: string, folder: string = this.merged): string {
    return execFileSync('bash', ['-euc', script], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  [Symbol.dispose](): void {
    if (this.isMounted()) execFileSync('umount', [this.merged]);
  }
}

/** A storage driver's home with two layers of an image in it. */
export class OverlayHome implements Disposable {
  readonly path: string = realpathSync(mkdtempSync(join(tmpdir(), 'hf-overlay-')));

  constructor(layers: { readonly base: string; readonly top: string }) {
    for (const [name, script] of Object.entries(layers)) {
      const folder = join(this.path, 'l', name);
      mkdirSync(folder, { recursive: true });
      execFileSync('bash', ['-euc', script], { cwd: folder });
    }
  }

  [Symbol.dispose](): void {
    execFileSync('rm', ['-rf', '--one-file-system', this.path]);
  }
}

/** A process that stands in the folder until it is disposed; `prefix`: what it is started with. */
export async function hold(prefix: readonly string[], folder = '/'): Promise<AsyncDisposable & { readonly pid: number }> {
  const [program, ...words] = [...prefix, 'sh', '-c', 'echo ready; read -r line'];
  const child = spawn(program ?? 'sh', words, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end('\n');
      await ended;
    },
  };
}
