export type { SqliteConfig } from './config.js';
export { sqlite } from './sqlite-catalog.js';
