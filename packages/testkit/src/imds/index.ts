export type { Imds, ImdsCall, ImdsOptions } from './start-imds.js';
export { startImds } from './start-imds.js';
