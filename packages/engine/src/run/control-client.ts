import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type CallOptions, HoldfastError } from '@holdfast/core';
import type { StoppedJob } from '../agent/types.js';
import { fromWireError } from '../repository/wire-error.js';
import { type ControlRequest, type ControlResponse, controlSocketPath } from './control-socket.js';
import type { SnapshotOutcome } from './types.js';

/** Asks the process that owns a run for a snapshot now. Rejects with that process's own error, or HF_JOB_NOT_RUNNING where nobody listens. */
export async function requestSnapshot(runDirectory: string, job: string, options: CallOptions = {}): Promise<SnapshotOutcome> {
  return (await ask(runDirectory, job, 'snapshot', options)) as SnapshotOutcome;
}

/** Asks it to take a last snapshot and to end the job; resolves once it is over and another attempt may begin. Rejects as `requestSnapshot` does. */
export async function requestStop(runDirectory: string, job: string, options: CallOptions = {}): Promise<StoppedJob> {
  return (await ask(runDirectory, job, 'stop', options)) as StoppedJob;
}

async function ask(runDirectory: string, job: string, command: ControlRequest['command'], { signal }: CallOptions): Promise<unknown> {
  const socket = connect({ path: controlSocketPath(runDirectory), ...(signal === undefined ? {} : { signal }) });
  try {
    const response = await answerOf(socket, job, command);
    if ('error' in response) throw fromWireError(response.error);
    return response.ok;
  } finally {
    socket.destroy();
  }
}

function answerOf(socket: Socket, job: string, command: ControlRequest['command']): Promise<ControlResponse> {
  return new Promise((resolve, reject) => {
    socket.once('error', (cause) => reject(notRunning(job, cause)));
    socket.once('close', () => reject(notRunning(job)));
    createInterface({ input: socket }).once('line', (line) => resolve(JSON.parse(line) as ControlResponse));
    socket.write(`${JSON.stringify({ command })}\n`);
  });
}

export function notRunning(job: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_JOB_NOT_RUNNING', {
    message: `job ${job} is not running on this machine`,
    kind: 'not-found',
    operation: 'snapshot',
    hint: 'holdfast show tells where and whether it runs',
    ...(cause === undefined ? {} : { cause }),
  });
}
