import { sqlite } from '@holdfast/catalog/sqlite';
import { local } from '@holdfast/driver-local';
import type { Plugins } from './cli-options.js';

/** The drivers and catalogs of this build: the only place that names them. */
export function plugins(): Plugins {
  return { drivers: [local()], catalogs: [sqlite()] };
}
