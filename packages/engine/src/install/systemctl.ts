import { access } from 'node:fs/promises';
import { execa } from 'execa';
import { HoldfastError } from '@holdfast/core';
import type { Systemctl } from './types.js';

const deadlineMs = 90_000;

/** This machine's own services; undefined where systemd does not run it. */
export async function systemctlHere(): Promise<Systemctl | undefined> {
  const isRunning = await access('/run/systemd/system').then(
    () => true,
    () => false,
  );
  return isRunning ? call : undefined;
}

async function call(...words: readonly string[]): Promise<void> {
  const { failed, all } = await execa('systemctl', words, { reject: false, all: true, stdin: 'ignore', timeout: deadlineMs });
  if (!failed) return;
  throw new HoldfastError('HF_DOCKER_SETUP', {
    kind: 'unavailable',
    message: `systemctl ${words.join(' ')} failed${all === '' ? '' : `: ${all.slice(0, 500)}`}`,
    operation: 'install',
    hint: 'Look at systemctl status and journalctl, and run the same line again',
  });
}

/** Docker reads its runtimes again without a restart, which containers would feel; false where it does not run, and reads them when it starts. */
export async function reloadDocker(systemctl: Systemctl): Promise<boolean> {
  return systemctl('reload', 'docker.service').then(
    () => true,
    () => false,
  );
}
