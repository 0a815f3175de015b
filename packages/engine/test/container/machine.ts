import { execFileSync } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endLeftovers } from '../../src/container/cleanup.js';
import type { TcpPolicy } from '../../src/container/criu-config.js';
import { describeProcesses, type JobProcess } from '../../src/container/job-processes.js';
import { type ContainerOptions, type RunningContainer, restoreContainer, startContainer } from '../../src/container/running-container.js';
import { type EngineTools, findTools } from '../../src/container/tools.js';
import { recordLostNames } from '../../src/container/lost-names.js';
import { scanRoot } from '../../src/files/scan-root.js';
import type { TrackedRoot } from '../../src/files/tracked-root.js';

/** What a restore needs of one dump: images, and the roots' files of the same instant. */
export interface Saved {
  readonly imagesDirectory: string;
  readonly files: string;
  readonly recordedMounts: unknown;
  readonly recorded: unknown;
  readonly consumedBytes: number;
  /** Length of the output at that instant. */
  readonly outputBytes: number;
}

export interface JobOptions {
  /** A file's path, or a descriptor; standard: /dev/null. */
  readonly stdin?: string | number;
  readonly stdout?: number;
  readonly tcp?: TcpPolicy;
  readonly environment?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

const program = 'script/bootstrap, then source the file that it names';

/** The tools of the environment. Live tests need them and fail without, saying so. */
export async function toolsOfEnvironment(): Promise<EngineTools> {
  const { HOLDFAST_RUNC: runc, HOLDFAST_CRIU: criu, HOLDFAST_NATIVE: native } = process.env;
  if (process.geteuid?.() !== 0 || runc === undefined || criu === undefined || native === undefined) {
    throw new Error(`live tests run as root with HOLDFAST_RUNC, HOLDFAST_CRIU and HOLDFAST_NATIVE set: ${program}`);
  }
  return findTools({ runc, criu, native });
}

/** The processes of a frozen job. */
export async function standing(container: RunningContainer): Promise<readonly JobProcess[]> {
  return describeProcesses(await container.processes(), container.initPid);
}

/** One folder with everything of one test: roots, containers, outputs. */
export class Machine implements AsyncDisposable {
  readonly tools: EngineTools;
  readonly base: string;
  readonly cwd: string;
  readonly roots: readonly TrackedRoot[];
  readonly #ids: string[] = [];
  #dumps = 0;

  private constructor(tools: EngineTools, base: string) {
    this.tools = tools;
    this.base = base;
    this.cwd = join(base, 'cwd');
    this.roots = [
      { id: 'cwd', hostPath: this.cwd, destination: this.cwd, private: false },
      { id: 'tmp', hostPath: join(base, 'tmp'), destination: '/tmp', private: true },
      { id: 'shm', hostPath: join(base, 'shm'), destination: '/dev/shm', private: true },
    ];
    for (const { hostPath } of this.roots) mkdirSync(hostPath, { mode: 0o1777 });
  }

  static async open(): Promise<Machine> {
    return new Machine(await toolsOfEnvironment(), mkdtempSync('/var/tmp/hf-cont-'));
  }

  get output(): string {
    return join(this.base, 'stdout');
  }

  get stateDirectory(): string {
    return join(this.base, 'state');
  }

  write(name: string, text: string): string {
    const path = join(this.cwd, name);
    writeFileSync(path, text, { mode: 0o755 });
    return path;
  }

  read(name = this.output): string {
    return existsSync(name) ? readFileSync(name, 'utf8') : '';
  }

  lines(name = this.output): readonly string[] {
    return this.read(name).split('\n').filter(Boolean);
  }

  runDirectory(id: string): string {
    return join(this.base, 'run', id);
  }

  async start(command: readonly string[], options: JobOptions = {}): Promise<RunningContainer> {
    return this.#withStreams(options, (streams) => startContainer({ ...this.options(command, options), streams }));
  }

  async restore(saved: Saved, options: JobOptions = {}): Promise<RunningContainer> {
    for (const { id, hostPath } of this.roots) {
      execFileSync('find', [hostPath, '-mindepth', '1', '-delete']);
      execFileSync('cp', ['-a', `${join(saved.files, id)}/.`, hostPath]);
    }
    return this.#withStreams(options, (streams) =>
      restoreContainer({
        ...this.options(['unused'], options),
        streams,
        imagesDirectory: saved.imagesDirectory,
        recordedMounts: JSON.parse(JSON.stringify(saved.recordedMounts)),
        recorded: JSON.parse(JSON.stringify(saved.recorded)),
        skipStdinBytes: saved.consumedBytes,
      }),
    );
  }

  options(command: readonly string[], { tcp = 'close', environment, deadlineMs, signal }: JobOptions = {}): ContainerOptions {
    const id = `hf-test-${process.pid}-${this.base.slice(-6)}-${this.#ids.length}`;
    this.#ids.push(id);
    mkdirSync(this.runDirectory(id), { recursive: true });
    return {
      tools: this.tools,
      stateDirectory: this.stateDirectory,
      runDirectory: this.runDirectory(id),
      id,
      command,
      environment: { PATH: process.env['PATH'] ?? '', HOME: '/root', LC_ALL: 'C', ...environment },
      workingDirectory: this.cwd,
      roots: this.roots,
      tcp,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  /** Freezes, dumps, copies the roots, thaws: one whole snapshot, kept in folders of its own. */
  async save(container: RunningContainer): Promise<Saved> {
    const folder = join(this.base, `dump-${this.#dumps++}`);
    const files = join(folder, 'files');
    mkdirSync(files, { recursive: true });
    const [imagesDirectory, workDir] = [join(folder, 'images'), join(folder, 'work')];
    const dump = await container.prepareDump({ imagesDir: imagesDirectory, workDir, deadlineMs: 60_000 });
    await container.freeze();
    try {
      const { lostFiles } = await dump.run(await standing(container));
      const tables = await Promise.all(
        this.roots.map(async (root) => [root.id, { table: await scanRoot(root, { treeTool: this.tools.tree, exclude: [] }) }] as const),
      );
      await recordLostNames(imagesDirectory, lostFiles, this.roots, new Map(tables));
      for (const { id, hostPath } of this.roots) execFileSync('cp', ['-a', hostPath, join(files, id)]);
      const { consumedBytes } = await container.stdin();
      await container.assertFrozen();
      await container.drain();
      const { recordedMounts, recorded } = container;
      return { imagesDirectory, files, recordedMounts, recorded, consumedBytes, outputBytes: statSync(this.output).size };
    } finally {
      await container.thaw();
    }
  }

  /** A snapshot, a violent end, and the job again in a new container. */
  async nextLife(container: RunningContainer, options: JobOptions = {}): Promise<RunningContainer> {
    const saved = await this.save(container);
    await container.kill();
    await container.dispose();
    return this.restore(saved, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of this.#ids) {
      await endLeftovers({ tools: this.tools, stateDirectory: this.stateDirectory, runDirectory: this.runDirectory(id), containerId: id });
    }
    rmSync(this.base, { recursive: true, force: true });
  }

  async #withStreams<T>(
    { stdin = '/dev/null', stdout }: JobOptions,
    start: (streams: { stdin: number; stdout: number; stderr: number }) => Promise<T>,
  ): Promise<T> {
    appendFileSync(this.output, '');
    const own = [openSync(this.output, 'a'), openSync(join(this.base, 'stderr'), 'a')] as const;
    const input = typeof stdin === 'number' ? stdin : openSync(stdin, 'r');
    try {
      return await start({ stdin: input, stdout: stdout ?? own[0], stderr: own[1] });
    } finally {
      for (const fd of own) closeSync(fd);
      if (typeof stdin !== 'number') closeSync(input);
    }
  }
}

/** Looks until it is so. The test's own limit of time ends it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}
