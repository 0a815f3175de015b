import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { type DockerNode, startDocker } from '@holdfast/testkit/docker';
import { Agents } from './agent.ts';

export interface Node extends AsyncDisposable {
  readonly docker: DockerNode;
  readonly agents: Agents;
  /** A line for each container that asked for snapshots and started without. */
  readonly unprotectedFile: string;
}

/** A Docker with the launcher as a runtime, a storage, and an agent that serves. All of it lies in the folder but Docker's own data. */
export async function startNode(folder: string, holdfast: readonly [string, ...string[]]): Promise<Node> {
  await using begun = new AsyncDisposableStack();
  const [launcher, run, config] = [join(folder, 'holdfast-runc'), join(folder, 'run'), join(folder, 'holdfast.json')];
  const [native, criu] = [fromBootstrap('HOLDFAST_NATIVE'), fromBootstrap('HOLDFAST_CRIU')];
  const runc = join(fromBootstrap('HOLDFAST_DOCKER'), 'runc');
  await copyFile(join(native, 'holdfast-runc'), launcher);
  await mkdir(run, { mode: 0o700 });
  await writeFile(`${launcher}.conf`, `runc=${runc}\ncriu=${criu}\nsocket=${run}/agent.sock\nstate=${run}\n`);
  const docker = begun.use(await startDocker({ runtimes: { holdfast: launcher } }));
  const settings = {
    storage: { type: 'local', path: join(folder, 'storage') },
    stateDirectory: join(folder, 'state'),
    tools: { criu, runc, native },
    agent: { socket: join(run, 'agent.sock'), docker: { socket: docker.socket }, spot: { watch: 'off' } },
  };
  await writeFile(config, JSON.stringify(settings, undefined, 2));
  await docker.importImage('base');
  const [program, ...words] = holdfast;
  await promisify(execFile)(program, [...words, 'storage', 'provision', '--config', config], { env: process.env });
  const agents = begun.use(new Agents([...holdfast, 'agent', '--json', '--config', config], join(folder, 'agent.log')));
  await agents.start();
  const whole = begun.move();
  return { docker, agents, unprotectedFile: join(run, 'unprotected'), [Symbol.asyncDispose]: () => whole.disposeAsync() };
}

function fromBootstrap(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: script/chaos sets it, after script/bootstrap --for test`);
  return value;
}
