import { access } from 'node:fs/promises';
import { json } from 'node:stream/consumers';
import { HoldfastError } from '@holdfast/core';
import { execa } from 'execa';
import { http } from '../http.js';
import type { DockerInfo, MachineServices } from './types.js';

const systemctlMs = 90_000;
const dockerMs = 5000;

/** This machine's own services; undefined where systemd does not run it. */
export async function servicesHere(): Promise<MachineServices | undefined> {
  const isRunning = await access('/run/systemd/system').then(
    () => true,
    () => false,
  );
  return isRunning ? { systemctl, dockerInfo: () => dockerInfo('/var/run/docker.sock') } : undefined;
}

async function systemctl(...words: readonly string[]): Promise<void> {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
  const { failed, all } = await execa('systemctl', words, { reject: false, all: true, stdin: 'ignore', timeout: systemctlMs, env, extendEnv: false });
  if (!failed) return;
  throw new HoldfastError('HF_DOCKER_SETUP', {
    kind: 'unavailable',
    message: `systemctl ${words.join(' ')} failed${all === '' ? '' : `: ${all.slice(0, 500)}`}`,
    operation: 'install',
    hint: 'Look at systemctl status and journalctl, and run the same line again',
  });
}

/** What Docker says of its runtimes; undefined where it does not answer. */
export async function dockerInfo(socketPath: string): Promise<DockerInfo | undefined> {
  return new Promise((resolve) => {
    const nothing = (): void => resolve(undefined);
    http()
      .request({ socketPath, path: '/info', agent: false, signal: AbortSignal.timeout(dockerMs) }, (response) => {
        json(response).then((told) => resolve(infoOf(told)), nothing);
      })
      .once('error', nothing)
      .end();
  });
}

function infoOf(told: unknown): DockerInfo | undefined {
  if (typeof told !== 'object' || told === null || !('DefaultRuntime' in told) || !('Runtimes' in told)) return undefined;
  const { DefaultRuntime: defaultRuntime, Runtimes: runtimes } = told;
  if (typeof defaultRuntime !== 'string' || typeof runtimes !== 'object' || runtimes === null) return undefined;
  return { defaultRuntime, runtimes: Object.keys(runtimes) };
}
