export { type CheckOptions, checkHistory, type Verdict } from './check-history.js';
export { type HeldLease, leasesWonTwice } from './leases-won-twice.js';
export { brokenJobLaws } from './job-laws.js';
export { type JobAnswer, type JobCall, jobModel, type JobState } from './job-model.js';
export type { Model } from './model.js';
export type { Operation } from './operation.js';
