import type { StoragePlugin } from '@holdfast/core';
import * as z from 'zod';
import { localConfigFromUrl, localConfigSchema, parseLocalConfig } from './config.js';
import { createLocalDriver } from './driver.js';

/** Storage in a directory of this machine: the embedded default, and the reference for every other driver. */
export function local(): StoragePlugin {
  return {
    type: 'local',
    // The empty scheme: bare paths.
    urlSchemes: ['file', ''],
    configSchema: z.toJSONSchema(localConfigSchema, { io: 'input' }),
    configFromUrl: localConfigFromUrl,
    create: (config) => createLocalDriver(parseLocalConfig(config)),
  };
}
