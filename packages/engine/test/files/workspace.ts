import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { createFileCapture } from '../../src/files/file-capture.js';
import type { PreviousTrees } from '../../src/files/previous-trees.js';
import { type RestoredFiles, restoreFiles } from '../../src/files/restore-files.js';
import type { OpenFile, TrackedRoot } from '../../src/files/tracked-root.js';
import { MemoryCheckpoint } from './memory-checkpoint.js';

export const treeTool: string = findTool();

function findTool(): string {
  const folder = process.env['HOLDFAST_NATIVE'];
  const path = folder === undefined ? '' : join(folder, 'holdfast-tree');
  if (path === '' || !existsSync(path)) throw new Error('HOLDFAST_NATIVE names no folder with holdfast-tree: run script/bootstrap');
  return path;
}

export interface Snapshot {
  readonly checkpoint: MemoryCheckpoint;
  readonly trees: PreviousTrees;
  readonly copiedFiles: number;
}

export interface TakeOptions {
  readonly parent?: Snapshot | undefined;
  readonly openFiles?: readonly OpenFile[];
  /** Those just before the pre-copy. */
  readonly openBefore?: readonly OpenFile[];
  /** What happens between the pre-copy and the freeze. */
  readonly meanwhile?: () => void | Promise<void>;
  readonly beforePut?: (key: string) => Promise<void>;
  readonly exclude?: readonly string[];
}

/** A temporary folder with roots in it, and the whole way from their files to a snapshot and back. */
export class Workspace implements AsyncDisposable {
  readonly directory: string;
  readonly roots: readonly TrackedRoot[];
  #captures = 0;

  private constructor(directory: string, roots: readonly TrackedRoot[]) {
    this.directory = directory;
    this.roots = roots;
  }

  static async create(ids: readonly string[] = ['cwd'], parent: string = tmpdir()): Promise<Workspace> {
    const directory = await mkdtemp(join(parent, 'hf-files-test-'));
    const roots = ids.map((id) => ({ id, hostPath: join(directory, id), destination: `/job/${id}`, private: id === 'tmp' }));
    for (const { hostPath } of roots) await mkdir(hostPath);
    return new Workspace(directory, roots);
  }

  get root(): string {
    return (this.roots[0] as TrackedRoot).hostPath;
  }

  /** Runs a shell script in the first root. */
  shell(script: string): string {
    return execFileSync('bash', ['-euc', script], { cwd: this.root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async take({ parent, openFiles = [], openBefore = [], meanwhile, beforePut, exclude = [] }: TakeOptions = {}): Promise<Snapshot> {
    const checkpoint = new MemoryCheckpoint(parent?.checkpoint);
    if (beforePut !== undefined) checkpoint.beforePut = beforePut;
    this.#captures += 1;
    const stagingDir = join(this.directory, `staging-${this.#captures}`);
    const capture = createFileCapture({ roots: this.roots, parent: parent?.trees, stagingDir, treeTool, exclude, logger: silentLogger });
    const writer = checkpoint.writer();
    await capture.preCopy(writer, { openFiles: openBefore });
    await meanwhile?.();
    const { copiedFiles } = await capture.frozen(openFiles);
    const trees = await capture.finish(writer);
    await rm(stagingDir, { recursive: true });
    return { checkpoint, trees, copiedFiles };
  }

  restore({ checkpoint }: Pick<Snapshot, 'checkpoint'>, savedName = 'saved', exclude: readonly string[] = []): Promise<RestoredFiles> {
    return restoreFiles({ reader: checkpoint.reader(), roots: this.roots, treeTool, savedName, exclude });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
