import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core';
import { findProgram } from '../container/tools.js';
import type { InstallDockerOptions } from './types.js';

/**
 * What Docker is about to call for each container has to be there. Rejects with HF_NATIVE_MISSING or HF_RUNC_MISSING, naming the path, or where was looked: in
 * the folders in which the launcher itself looks.
 */
export async function assertPrograms({ launcher, runc }: Pick<InstallDockerOptions, 'launcher' | 'runc'>): Promise<void> {
  await access(launcher, constants.X_OK).catch((cause: unknown) => {
    throw new HoldfastError('HF_NATIVE_MISSING', {
      kind: 'missing-requirement',
      message: `the launcher ${launcher} is missing or not executable`,
      operation: 'install',
      hint: 'script/bootstrap compiles the native helpers; or name their folder in the configuration (tools.native)',
      cause,
    });
  });
  await findProgram('runc', runc, 'HF_RUNC_MISSING');
}
