import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DockerNode, startDocker } from '@holdfast/testkit/docker';
import { type Imds, startImds } from '@holdfast/testkit/imds';
import type { VolumeMachine } from '@holdfast/testkit/juicefs';
import { AgentProcess, allPids, commandLineOf, descendantsOf, killPid, readProcess } from '@holdfast/testkit/victims';

/** What containers write for the root of the storage, which each node has mounted elsewhere. */
export const imagePath = '/checkpoints';

/** A node: a Docker with data of its own, an agent with a configuration, a state and a socket of its own, a JuiceFS client with a cache of its own. */
export class Node implements AsyncDisposable {
  readonly docker: DockerNode;
  readonly imds: Imds;
  readonly volume: VolumeMachine;
  readonly #holdfast: readonly [string];
  #agent: AgentProcess | undefined;
  #isLost = false;

  private constructor(docker: DockerNode, imds: Imds, volume: VolumeMachine, holdfast: readonly [string]) {
    this.docker = docker;
    this.imds = imds;
    this.volume = volume;
    this.#holdfast = holdfast;
  }

  /** Its Docker runs then, its agent not yet. */
  static async start(volume: VolumeMachine, holdfast: readonly [string]): Promise<Node> {
    await using begun = new AsyncDisposableStack();
    const { folder, configFile } = volume;
    begun.defer(async () => void (await volume.lose()));
    const [launcher, run] = [join(folder, 'holdfast-runc'), join(folder, 'run')];
    const [native, criu] = [fromBootstrap('HOLDFAST_NATIVE'), fromBootstrap('HOLDFAST_CRIU')];
    const runc = join(fromBootstrap('HOLDFAST_DOCKER'), 'runc');
    await copyFile(join(native, 'holdfast-runc'), launcher);
    await mkdir(run, { mode: 0o700 });
    await writeFile(`${launcher}.conf`, `runc=${runc}\ncriu=${criu}\nsocket=${run}/agent.sock\nstate=${run}\n`);
    const docker = begun.use(await startDocker({ runtimes: { holdfast: launcher } }));
    const imds = begun.use(await startImds());
    const config = {
      ...(JSON.parse(await readFile(configFile, 'utf8')) as object),
      stateDirectory: volume.stateDirectory,
      tools: { criu, runc, native },
      agent: {
        socket: join(run, 'agent.sock'),
        imagePaths: [imagePath],
        docker: { socket: docker.socket },
        spot: { watch: 'on', endpoint: imds.endpoint, interval: '1s' },
      },
    };
    await writeFile(configFile, JSON.stringify(config, undefined, 2));
    begun.move();
    return new Node(docker, imds, volume, holdfast);
  }

  async startAgent(log: string): Promise<AgentProcess> {
    const agent = new AgentProcess(this.#holdfast, ['--config', this.volume.configFile], { ...process.env, ...this.volume.environment }, log);
    this.#agent = agent;
    await agent.serves();
    return agent;
  }

  /**
   * As a loss of power, with what the machine had on its disks: SIGKILL to every process at once, then Docker's data, the agent's state and configuration, the
   * cache and all mounts are removed. Resolves with the names of the programs that ran.
   */
  async lose(): Promise<readonly string[]> {
    if (this.#isLost) return [];
    this.#isLost = true;
    const pids = this.#processes();
    const names = pids.map((pid) => basename(commandLineOf(pid)[0]?.split(' ')[0] ?? '')).filter((name) => name !== '');
    for (const pid of pids) killPid(pid);
    await this.docker.kill();
    while (this.#agent !== undefined && !this.#agent.hasEnded()) await delay(10);
    for (const pid of this.#processes()) killPid(pid);
    await this.volume.lose();
    await this.docker[Symbol.asyncDispose]();
    await this.imds[Symbol.asyncDispose]();
    return names;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lose();
  }

  /** Each of them names a folder of the node in its command line, or descends of one that does. */
  #processes(): readonly number[] {
    const folders = [`${this.volume.folder}/`, `${this.docker.folder}/`];
    const named = allPids().filter((pid) => {
      const line = commandLineOf(pid).join(' ');
      // That one watches over the node for whoever started it, and belongs to no machine.
      return folders.some((folder) => line.includes(folder)) && !line.includes('clear-node.sh');
    });
    return [...new Set(named.flatMap((pid) => [pid, ...descendantsOf(pid)]))].filter((pid) => readProcess(pid) !== undefined);
  }
}

function fromBootstrap(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: script/demo docker sets it, after script/bootstrap --for test`);
  return value;
}
