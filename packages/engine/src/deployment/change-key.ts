import { type CallOptions, type DeploymentConfig, HoldfastError, type Logger, type StorageDriver } from '@holdfast/core';
import { readUserKey } from '../encryption/user-key.js';
import { changeRepositoryKey } from '../repository/change-repository-key.js';
import type { KeyPlace } from './types.js';

export interface ChangeKeyOptions {
  readonly config: DeploymentConfig;
  readonly driver: StorageDriver;
  readonly logger: Logger;
}

/** Both keys are read before the storage is touched. */
export async function changeKey(
  to: KeyPlace,
  { config, driver, logger }: ChangeKeyOptions,
  options: CallOptions,
): Promise<{ readonly changed: boolean }> {
  const { encryption } = config;
  if (encryption === undefined) throw noKey();
  const [oldKey, newKey] = [await readUserKey(encryption, options), await readUserKey({ ...encryption, key: to }, options)];
  const attached = await driver.attach(options);
  try {
    return { changed: await changeRepositoryKey({ root: attached.root, from: oldKey, to: newKey }, logger, options) };
  } finally {
    await attached.detach(options);
  }
}

function noKey(): HoldfastError {
  return new HoldfastError('HF_KEY_MISSING', {
    message: 'The key that the repository has now was not named',
    kind: 'invalid-argument',
    operation: 'encryption.key',
    hint: "Name it: 'encryption.keyFile' or 'encryption.keyCommand' of the configuration, or --encrypt-key-file",
  });
}
