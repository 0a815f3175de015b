import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DockerNode, startDocker } from '@holdfast/testkit/docker';
import { AgentProcess, allPids, commandLineOf, descendantsOf, killPid, readProcess } from '@holdfast/testkit/victims';

/** What containers write for the root of the storage. */
export const imagePath = '/checkpoints';

/** A node with a Docker, the launcher as its runtime `holdfast`, and an agent. The storage is what outlives its losses. */
export class ContainerNode implements AsyncDisposable {
  readonly docker: DockerNode;
  readonly #folder: string;
  readonly #holdfast: readonly [string, ...string[]];
  #agent: AgentProcess | undefined;
  #agents = 0;

  private constructor(docker: DockerNode, folder: string, holdfast: readonly [string, ...string[]]) {
    this.docker = docker;
    this.#folder = folder;
    this.#holdfast = holdfast;
  }

  static async start(folder: string, holdfast: readonly [string, ...string[]], settings: Readonly<Record<string, unknown>>): Promise<ContainerNode> {
    const [launcher, run, native, criu] = [
      join(folder, 'holdfast-runc'),
      join(folder, 'run'),
      fromBootstrap('HOLDFAST_NATIVE'),
      fromBootstrap('HOLDFAST_CRIU'),
    ];
    const runc = join(fromBootstrap('HOLDFAST_DOCKER'), 'runc');
    await copyFile(join(native, 'holdfast-runc'), launcher);
    await mkdir(run, { mode: 0o700 });
    await mkdir(join(folder, 'storage'));
    await writeFile(`${launcher}.conf`, `runc=${runc}\ncriu=${criu}\nsocket=${run}/agent.sock\nstate=${run}\n`);
    const docker = await startDocker({ runtimes: { holdfast: launcher } });
    const config = {
      ...settings,
      storage: { type: 'local', path: join(folder, 'storage') },
      stateDirectory: join(folder, 'state'),
      tools: { criu, runc, native },
      agent: { socket: join(run, 'agent.sock'), imagePaths: [imagePath], docker: { socket: docker.socket }, spot: { watch: 'off' } },
    };
    await writeFile(join(folder, 'holdfast.json'), JSON.stringify(config, undefined, 2));
    return new ContainerNode(docker, folder, holdfast);
  }

  /** The agent that runs, or a new one. */
  async agent(): Promise<AgentProcess> {
    if (this.#agent !== undefined && !this.#agent.hasEnded()) return this.#agent;
    this.#agents += 1;
    const [program, ...first] = this.#holdfast;
    const log = join(this.#folder, `agent-${this.#agents}.log`);
    const agent = new AgentProcess([program, ...first], ['--config', join(this.#folder, 'holdfast.json')], process.env, log);
    this.#agent = agent;
    await agent.serves();
    return agent;
  }

  /**
   * As a node that loses its power and comes back empty: SIGKILL to every process of the containers, of Docker and of the agent at once; the agent's state
   * goes, and all containers. Docker runs again then, without an agent.
   */
  async lose(): Promise<void> {
    for (const pid of this.#processes()) killPid(pid);
    await this.docker.kill();
    for (const pid of this.#processes()) killPid(pid);
    const state = join(this.#folder, 'state');
    // Its memory is this machine's, and would stay.
    for (const attempt of await readdir(join(state, 'runs')).catch(() => []))
      await rm(`/dev/shm/holdfast-${attempt}`, { recursive: true, force: true });
    await rm(state, { recursive: true, force: true });
    await this.docker.startDaemon();
    const left = (await this.docker.docker(['ps', '--all', '--quiet'])).split('\n').filter((id) => id !== '');
    if (left.length > 0) await this.docker.docker(['rm', '--force', ...left]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.#processes()) killPid(pid);
    await this.docker[Symbol.asyncDispose]();
  }

  /** The agent's and what it started: each names a folder of the node in its command line, or descends of one that does. */
  #processes(): readonly number[] {
    const folders = [`${this.#folder}/`, `${this.docker.folder}/`];
    const named = allPids().filter((pid) => {
      const line = commandLineOf(pid).join(' ');
      // That one watches over the node for whoever started it, and belongs to no machine.
      return folders.some((folder) => line.includes(folder)) && !line.includes('clear-node.sh');
    });
    return [...new Set(named.flatMap((pid) => [pid, ...descendantsOf(pid)]))].filter((pid) => pid !== process.pid && readProcess(pid) !== undefined);
  }
}

function fromBootstrap(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: script/survival sets it, after script/bootstrap`);
  return value;
}
