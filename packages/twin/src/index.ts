export type { TwinRefusal } from './refusals.js';
export { startTwinHelper, type TwinHelperOptions } from './start-twin-helper.js';
export type { DropRequest, ForkRequest, Freezer, SweepRequest, Twin, TwinHelper } from './types.js';
