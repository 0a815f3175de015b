export type { Ensured, EnsureRequest } from './ensure-resource.js';
export { ensureResource } from './ensure-resource.js';
export type { ResourceRecord } from './resource-record.js';
export type { ResourceState } from './resource-state.js';
export { resourceState } from './resource-state.js';
export type { WaitClock } from './wait-clock.js';
export { systemWaitClock } from './wait-clock.js';
export type { Standing, WaitOptions, WaitProgress, WaitRequest } from './wait-until.js';
export { waitUntil, waitUntilGone } from './wait-until.js';
