import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { type CallOptions, HoldfastError } from '@holdfast/core';
import { fromWireError } from '../repository/wire-error.js';
import { type ControlResponse, controlSocketPath } from './control-socket.js';
import type { SnapshotOutcome } from './types.js';

/** Asks the process that owns a run for a snapshot now. Rejects with that process's own error, or HF_JOB_NOT_RUNNING where nobody listens. */
export async function requestSnapshot(runDirectory: string, job: string, { signal }: CallOptions = {}): Promise<SnapshotOutcome> {
  const socket = connect({ path: controlSocketPath(runDirectory), ...(signal === undefined ? {} : { signal }) });
  try {
    const response = await new Promise<ControlResponse>((resolve, reject) => {
      socket.once('error', (cause) => reject(notRunning(job, cause)));
      socket.once('close', () => reject(notRunning(job)));
      createInterface({ input: socket }).once('line', (line) => resolve(JSON.parse(line) as ControlResponse));
      socket.write('{"command":"snapshot"}\n');
    });
    if ('error' in response) throw fromWireError(response.error);
    return response.ok;
  } finally {
    socket.destroy();
  }
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
