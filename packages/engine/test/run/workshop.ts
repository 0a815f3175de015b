import { openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@holdfast/catalog/sqlite';
import { local } from '@holdfast/driver-local';
// The built package: it starts programs that lie beside it.
import { type Deployment, openDeployment, type Run, type RunEvent, type RunRequest } from '../../dist/index.js';

/** One machine's worth of folders, with everything of Holdfast in them. */
export interface Workshop extends AsyncDisposable {
  readonly directory: string;
  /** The job's working directory. */
  readonly work: string;
  readonly storage: string;
  /** Another machine on the same storage: a state directory and a catalog of its own. */
  machine(name: string, config?: Readonly<Record<string, unknown>>): Promise<Deployment>;
  /** Starts the job; its output goes to the file `output` of the workshop. */
  run(deployment: Deployment, request: Partial<RunRequest> & { readonly script: string }): Promise<Run>;
  output(): Promise<string>;
}

export async function openWorkshop(parent: string = tmpdir()): Promise<Workshop> {
  const directory = await mkdtemp(join(parent, 'holdfast-run-'));
  const [work, storage] = [join(directory, 'work'), join(directory, 'storage')];
  await mkdir(work);
  const deployments: Deployment[] = [];
  return {
    directory,
    work,
    storage,
    async machine(name, config = {}) {
      const tools = { criu: process.env['HOLDFAST_CRIU'], runc: process.env['HOLDFAST_RUNC'], native: process.env['HOLDFAST_NATIVE'] };
      const deployment = await openDeployment({
        drivers: [local()],
        catalogs: [sqlite()],
        config: { storage: { type: 'local', path: storage }, stateDirectory: join(directory, name), tools, ...config },
      });
      deployments.push(deployment);
      await deployment.storage.provision();
      return deployment;
    },
    run(deployment, { script, ...request }) {
      const output = openSync(join(directory, 'output'), 'a');
      const nothing = openSync('/dev/null', 'r');
      return deployment.run({
        job: 'job',
        command: ['bash', '-c', script],
        workingDirectory: work,
        environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
        interval: 3_600_000,
        streams: { stdin: nothing, stdout: output, stderr: output },
        ...request,
      });
    },
    output: () => readFile(join(directory, 'output'), 'utf8'),
    async [Symbol.asyncDispose]() {
      for (const deployment of deployments) await deployment[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Counts in memory and in a file, five a second, and ends with the sum; with a gate, only once there is a file of that name, however slow the machine is. */
export function counting(to: number, gate?: string): string {
  const wait = gate === undefined ? '' : `until [ -e ${gate} ]; do sleep 0.05; done; `;
  return `for ((i = 1; i <= ${to}; i++)); do echo $i >> counted; sleep 0.2; done; ${wait}sha256sum < counted`;
}

export async function eventTypes(run: Run): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const event of run.events()) types.push(event.type);
  return types;
}

/** Resolves with the first event of a type. */
export async function nextEvent<T extends RunEvent['type']>(run: Run, type: T): Promise<Extract<RunEvent, { type: T }>> {
  for await (const event of run.events()) if (event.type === type) return event as Extract<RunEvent, { type: T }>;
  throw new Error(`the run ended without ${type}`);
}

export async function leftOn(directory: string): Promise<readonly string[]> {
  return readdir(join(directory, 'runs')).catch(() => []);
}
