export type { LocalConfig } from './config.js';
export { local } from './plugin.js';
