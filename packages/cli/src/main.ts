#!/usr/bin/env node
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { repositoryAhead } from '@holdfast/engine/ahead';
import { readEnvironment } from './environment.js';
import { keepCompiled } from './process/keep-compiled.js';
import type { StopSignal } from './process/signals.js';
import type { OutputStream } from './render/streams.js';
import { runCli } from './run-cli.js';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// A reader that has gone (`holdfast list | head`, a closed terminal) is no reason to fail, least of all while a job runs.
function output(stream: NodeJS.WriteStream): OutputStream {
  stream.on('error', () => {});
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY,
    get columns() {
      // Some terminals say 0.
      return stream.isTTY && stream.columns > 0 ? stream.columns : undefined;
    },
  };
}

keepCompiled(fileURLToPath(new URL('../.compile-cache', import.meta.url)));
const environment = readEnvironment();
// A job waits for it.
const ahead = process.argv[2] === 'run' ? repositoryAhead() : undefined;

const status = await runCli({
  argv: process.argv.slice(2),
  environment,
  workingDirectory: process.cwd(),
  streams: { stdout: output(process.stdout), stderr: output(process.stderr) },
  bytes: { stdin: () => process.stdin, stdout: () => process.stdout },
  signals: {
    subscribe: (listener) => {
      for (const signal of stopSignals) process.on(signal, listener);
      return {
        [Symbol.dispose]: () => {
          for (const signal of stopSignals) process.off(signal, listener);
        },
      };
    },
  },
  clock: { now: () => new Date(), monotonicMs: () => performance.now() },
  loadPlugins: async (storageKind) => (await import('./plugins.js')).plugins(environment, storageKind),
  loadDatabasePorts: async (region) => (await import('./database-ports.js')).databasePorts(region),
  loadInstaller: async () => await import('@holdfast/engine'),
  program: [process.execPath, ...process.argv.slice(1, 2)],
  agentClient: async (socket) => (await import('@holdfast/engine')).agentClient(socket),
  openDeployment: async (what, options) => (await import('@holdfast/engine')).openDeployment(what, { ...options, ahead }),
});
// What a command leaves open (a watcher, an abandoned mount's thread) must not keep the process.
process.exit(status);
