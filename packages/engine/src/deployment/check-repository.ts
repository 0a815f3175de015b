import { type CallOptions, type DeploymentConfig, type HoldfastError, isHoldfastError } from '@holdfast/core';
import { readUserKey } from '../encryption/user-key.js';
import type { DoctorCheck } from './types.js';

/** Opens the repository below a root, with the user's key where it is given; makes none. */
export type OpenStore = (root: string, encryptionKey: Uint8Array | undefined, options: CallOptions) => Promise<AsyncDisposable>;

export interface RepositoryChecks {
  readonly checks: readonly DoctorCheck[];
  /** True where they may have failed for lack of permission. */
  readonly denied: boolean;
}

/** Whether the key can be had, and is the one of the repository. */
export async function checkRepository(
  root: string,
  { encryption }: Pick<DeploymentConfig, 'encryption'>,
  openStore: OpenStore,
  options: CallOptions,
): Promise<RepositoryChecks> {
  const name = 'repository';
  let key: Uint8Array | undefined;
  try {
    key = encryption === undefined ? undefined : await readUserKey(encryption, options);
  } catch (error) {
    const failure = known(error);
    return {
      checks: [{ name: 'encryption key', ok: false, detail: failure.message, remedy: failure.hint }],
      denied: failure.code === 'HF_KEY_UNAVAILABLE',
    };
  }
  try {
    await using _store = await openStore(root, key, options);
    return passed(name, key === undefined ? 'opens; not encrypted' : 'opens with the key');
  } catch (error) {
    const failure = known(error);
    if (failure.code === 'HF_REPOSITORY_MISSING') return passed(name, 'not there yet; made by the first job');
    const isKey = failure.code === 'HF_KEY_WRONG';
    return { checks: [{ name, ok: false, detail: failure.message, remedy: failure.hint }], denied: failure.kind === 'permission' && !isKey };
  }
}

function passed(name: string, detail: string): RepositoryChecks {
  return { checks: [{ name, ok: true, detail, remedy: undefined }], denied: false };
}

function known(error: unknown): HoldfastError {
  if (!isHoldfastError(error)) throw error;
  return error;
}
