import { PassThrough } from 'node:stream';
import type { DatabasePorts } from '@holdfast/aws-databases';
import type { AgentClient, OpenDeployment, OpenDeploymentOptions } from '@holdfast/engine';
import { HoldfastError } from '@holdfast/core';
import { plugins } from '../../src/plugins.js';
import type { StopSignal } from '../../src/process/signals.js';
import { runCli } from '../../src/run-cli.js';
import { type FakeDeployment, fakeDeployment } from './fake-deployment.js';

export interface LineOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly deployment?: FakeDeployment;
  readonly open?: (what: OpenDeployment, options?: OpenDeploymentOptions) => Promise<FakeDeployment>;
  readonly databasePorts?: DatabasePorts;
  readonly agent?: Partial<AgentClient>;
  readonly terminal?: boolean;
  /** What is typed on stdin. */
  readonly input?: string;
}

export interface StartedLine {
  readonly status: Promise<number>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  signal(signal: StopSignal): void;
  /** What the deployment was opened with. */
  readonly opened: OpenDeployment[];
}

/** Starts a command line with everything around it held by the test. */
export function startLine(argv: readonly string[], options: LineOptions = {}): StartedLine {
  const { environment = {}, deployment = fakeDeployment(), terminal = false, input: typed = '' } = options;
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<(signal: StopSignal) => void>();
  const opened: OpenDeployment[] = [];
  const [input, output] = [new PassThrough(), new PassThrough()];
  output.setEncoding('latin1').on('data', (text: string) => void (written.stdout += text));
  input.end(typed);
  let now = 0;
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => void (written[name] += text),
    isTerminal: terminal,
    columns: terminal ? 80 : undefined,
  });
  const status = runCli({
    argv,
    environment,
    workingDirectory: '/jobs/here',
    streams: { stdout: stream('stdout'), stderr: stream('stderr') },
    bytes: { stdin: () => input, stdout: () => output },
    signals: {
      subscribe: (listener) => {
        listeners.add(listener);
        return { [Symbol.dispose]: () => void listeners.delete(listener) };
      },
    },
    clock: { now: () => new Date('2026-11-22T14:45:00.000Z'), monotonicMs: () => (now += 1000) },
    loadPlugins: (storageKind) => plugins(environment, storageKind),
    loadDatabasePorts: () =>
      options.databasePorts === undefined ? Promise.reject(new Error('no AWS here')) : Promise.resolve(options.databasePorts),
    loadInstaller: () => import('@holdfast/engine'),
    program: ['/usr/bin/node', '/usr/lib/holdfast/main.js'],
    agentClient: (socket) => Promise.resolve({ ...noAgent(socket), ...options.agent }),
    openDeployment: (what, given) => {
      opened.push(what);
      return options.open?.(what, given) ?? Promise.resolve(deployment);
    },
  });
  return {
    status,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    signal: (signal) => {
      for (const listener of listeners) listener(signal);
    },
    opened,
  };
}

function noAgent(socket: string): AgentClient {
  const unavailable = (): Promise<never> =>
    Promise.reject(new HoldfastError('HF_AGENT_UNAVAILABLE', { kind: 'unavailable', message: `no agent answers at ${socket}` }));
  return { status: unavailable, snapshot: unavailable, stop: unavailable };
}

export async function runLine(
  argv: readonly string[],
  options: LineOptions = {},
): Promise<{ status: number; stdout: string; stderr: string; opened: readonly OpenDeployment[] }> {
  const started = startLine(argv, options);
  const status = await started.status;
  return { status, stdout: started.stdout(), stderr: started.stderr(), opened: started.opened };
}
