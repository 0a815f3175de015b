import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DockerNode, startDocker } from '@holdfast/testkit/docker';
import { agentClient } from '../../src/agent/agent-client.js';
import type { AgentClient, ContainerStatus } from '../../src/agent/types.js';
import { until } from '../container/machine.js';

const program = fileURLToPath(new URL('agent-in-child.ts', import.meta.url));

/** A node: its Docker with the launcher as a runtime, and its agent in a process of its own. */
export class AgentNode implements AsyncDisposable {
  readonly folder: string;
  readonly docker: DockerNode;
  readonly client: AgentClient;
  #agent: ChildProcess | undefined;

  private constructor(folder: string, docker: DockerNode) {
    this.folder = folder;
    this.docker = docker;
    this.client = agentClient(join(folder, 'run/agent.sock'));
  }

  /** `storage`: a directory that outlives the node. */
  static async start(storage: string, settings: { readonly agent?: object } & Readonly<Record<string, unknown>> = {}): Promise<AgentNode> {
    const folder = await mkdtemp(join(tmpdir(), 'hf-node-'));
    const launcher = join(folder, 'holdfast-runc');
    await copyFile(join(process.env['HOLDFAST_NATIVE'] ?? '', 'holdfast-runc'), launcher);
    const docker = await startDocker({ runtimes: { holdfast: launcher } });
    const node = new AgentNode(folder, docker);
    const runc = await realpath(join(process.env['HOLDFAST_DOCKER'] ?? '', 'runc'));
    const criu = process.env['HOLDFAST_CRIU'] ?? '';
    const run = join(folder, 'run');
    await mkdir(run, { mode: 0o700 });
    await writeFile(`${launcher}.conf`, `runc=${runc}\ncriu=${criu}\nsocket=${run}/agent.sock\nstate=${run}\n`);
    const config = {
      storage: { type: 'local', path: storage },
      stateDirectory: join(folder, 'state'),
      tools: { criu, runc, native: process.env['HOLDFAST_NATIVE'] },
      ...settings,
      agent: { socket: join(run, 'agent.sock'), storageWait: '3s', docker: { socket: docker.socket }, ...settings.agent },
    };
    await writeFile(join(folder, 'holdfast.json'), JSON.stringify(config));
    await docker.importImage('base');
    await node.startAgent('first');
    return node;
  }

  async startAgent(...words: readonly string[]): Promise<void> {
    const log = openSync(join(this.folder, 'agent.log'), 'a');
    this.#agent = spawn(process.execPath, [program, join(this.folder, 'holdfast.json'), ...words], { stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    if (this.#agent.stdout === null) throw new Error('no output');
    const ended = once(this.#agent, 'exit').then(async () => Promise.reject(new Error(`the agent ended: ${await this.agentLog()}`)));
    await Promise.race([once(this.#agent.stdout, 'data'), ended]);
    ended.catch(() => undefined);
  }

  agentLog(): Promise<string> {
    return readFile(join(this.folder, 'agent.log'), 'utf8');
  }

  async endAgent(signal: NodeJS.Signals): Promise<void> {
    const agent = this.#agent;
    if (agent === undefined || agent.exitCode !== null || agent.signalCode !== null) return;
    const ended = once(agent, 'exit');
    agent.kill(signal);
    await ended;
  }

  /** `docker run` by the launcher, detached, as a job; its id. */
  async run(job: string, words: readonly string[]): Promise<string> {
    const options = ['--runtime', 'holdfast', '--network', 'none', '-e', 'MMC_CHECKPOINT_MODE=true', '-e', 'MMC_CHECKPOINT_INTERVAL=1h'];
    return await this.docker.docker(['run', '-d', ...options, '-e', `HOLDFAST_JOB=${job}`, ...words]);
  }

  async logs(id: string): Promise<string> {
    const { stdout, stderr } = await this.docker.tryDocker(['logs', id]);
    return stdout + stderr;
  }

  async statusOf(id: string): Promise<ContainerStatus | undefined> {
    return (await this.client.status()).containers.find(({ containerId }) => containerId === id);
  }

  async untilProtected(id: string): Promise<void> {
    await until(async () => (await this.statusOf(id))?.state === 'protected');
  }

  /** As a loss of power would, with what the machine had on its disks. */
  async lose(): Promise<void> {
    await this.endAgent('SIGKILL');
    await this.docker.kill();
    // Its memory is this machine's, and would stay.
    const attempts = await readdir(join(this.folder, 'state/runs')).catch(() => []);
    for (const attempt of attempts) await rm(`/dev/shm/holdfast-${attempt}`, { recursive: true, force: true });
    await rm(join(this.folder, 'state'), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endAgent('SIGTERM');
    await this.docker[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
