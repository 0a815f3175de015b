import type { StoragePlugin } from '@holdfast/core';
import * as z from 'zod';
import { localConfigFromUrl, localConfigSchema, parseLocalConfig } from './config.js';
import { createLocalDriver } from './driver.js';
import { defaultRuntimeDirectory, sessionsOf } from './sessions.js';

export interface LocalOptions {
  /** Where this machine notes who uses a directory. Default: /run/holdfast, or one in /tmp for a user who is not root. */
  readonly runtimeDirectory?: string | undefined;
}

/** Storage in a directory of this machine: the embedded default, and the reference for every other driver. */
export function local({ runtimeDirectory = defaultRuntimeDirectory() }: LocalOptions = {}): StoragePlugin {
  return {
    type: 'local',
    // The empty scheme: bare paths.
    urlSchemes: ['file', ''],
    configSchema: z.toJSONSchema(localConfigSchema, { io: 'input' }),
    configFromUrl: localConfigFromUrl,
    create: (config) => {
      const parsed = parseLocalConfig(config);
      return createLocalDriver(parsed, sessionsOf(parsed.path, runtimeDirectory));
    },
  };
}
