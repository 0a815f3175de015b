export type { LocalConfig } from './config.js';
export type { LocalOptions } from './plugin.js';
export { local } from './plugin.js';
