import { readFile } from 'node:fs/promises';
import { type CatalogPlugin, HoldfastError, parseDeploymentConfig, type StoragePlugin, silentLogger } from '@holdfast/core';
import { EngineDeployment } from './deployment.js';
import type { Deployment, OpenDeployment, OpenDeploymentOptions } from './types.js';

/**
 * Selects one of the drivers and one of the catalogs by configuration. Parses, and does nothing else: no storage is touched and no
 * connection opened until a call needs it. Rejects with HF_CONFIG, naming the value.
 */
export async function openDeployment(
  { drivers, catalogs, config }: OpenDeployment,
  { logger = silentLogger, ahead }: OpenDeploymentOptions = {},
): Promise<Deployment> {
  const parsed = typeof config === 'string' ? parseDeploymentConfig(await readConfig(config), { file: config }) : parseDeploymentConfig(config);
  const storagePlugin = select(drivers, parsed.storage.type, 'storage');
  const catalogPlugin = select(catalogs, parsed.catalog.type, 'catalog');
  return new EngineDeployment({ config: parsed, driver: storagePlugin.create(parsed.storage), catalogPlugin, logger, ahead });
}

async function readConfig(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new HoldfastError('HF_CONFIG', {
      message: `the configuration file ${path} cannot be read`,
      kind: 'invalid-argument',
      operation: 'configure',
      hint: 'name an existing JSON file',
      cause,
    });
  }
}

function select<T extends StoragePlugin | CatalogPlugin>(plugins: readonly T[], type: string, part: 'storage' | 'catalog'): T {
  const found = plugins.find((plugin) => plugin.type === type);
  if (found !== undefined) return found;
  const known = plugins.map((plugin) => plugin.type).join(', ');
  throw new HoldfastError('HF_CONFIG', {
    message: `${part}.type ${JSON.stringify(type)} is none of the ${part === 'storage' ? 'drivers' : 'catalogs'} passed in`,
    kind: 'invalid-argument',
    operation: 'configure',
    context: { type },
    hint: known === '' ? `pass a ${part} to openDeployment` : `use one of: ${known}`,
  });
}
