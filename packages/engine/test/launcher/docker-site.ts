import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CommandResult, type DockerNode, type DockerOptions, startDocker } from '@holdfast/testkit/docker';

const run = promisify(execFile);

/** A Docker with the launcher as one of its runtimes, whose agent's socket is the test's to serve. */
export class DockerSite implements AsyncDisposable {
  readonly folder: string;
  readonly node: DockerNode;
  readonly socket: string;
  readonly state: string;

  private constructor(folder: string, node: DockerNode) {
    this.folder = folder;
    this.node = node;
    this.socket = join(folder, 'agent.sock');
    this.state = join(folder, 'state');
  }

  static async start(options: Omit<DockerOptions, 'runtimes'> = {}): Promise<DockerSite> {
    const folder = await mkdtemp(join(tmpdir(), 'hf-launcher-'));
    try {
      const launcher = join(folder, 'holdfast-runc');
      await copyFile(join(process.env['HOLDFAST_NATIVE'] ?? '', 'holdfast-runc'), launcher);
      const node = await startDocker({ ...options, runtimes: { holdfast: launcher } });
      const site = new DockerSite(folder, node);
      const runc = await realpath(join(process.env['HOLDFAST_DOCKER'] ?? '', 'runc'));
      const lines = { runc, criu: process.env['HOLDFAST_CRIU'] ?? '', socket: site.socket, state: site.state };
      await writeFile(
        `${launcher}.conf`,
        Object.entries(lines)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      );
      await node.importImage('base');
      return site;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** `docker run` by the launcher; `words` begin with its options and end with image and command. */
  run(words: readonly string[], input?: string): Promise<CommandResult> {
    return this.node.tryDocker(['run', '--runtime', 'holdfast', '--network', 'none', ...words], input === undefined ? {} : { input });
  }

  /** The same, detached: its id. */
  async start(words: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(['-d', ...words]);
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  async inspect(id: string, format: string): Promise<string> {
    return await this.node.docker(['inspect', '--format', format, id]);
  }

  async logs(id: string): Promise<string> {
    const { stdout, stderr } = await this.node.tryDocker(['logs', id]);
    return stdout + stderr;
  }

  /** A dump of a running container, which goes on; the folder of its images. */
  async dump(id: string, name: string): Promise<string> {
    const images = join(this.folder, name);
    await mkdir(images);
    await this.runc(['checkpoint', '--image-path', images, '--work-path', images, '--leave-running', id]);
    return images;
  }

  /** Beside the launcher, as the agent does it. */
  async runc(words: readonly string[]): Promise<void> {
    await run(process.env['HOLDFAST_RUNC'] ?? 'runc', ['--root', this.node.runtimeRoot, ...words]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
