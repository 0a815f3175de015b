export type { ProcessIdentity } from '@holdfast/core/basics';
export { isEnding, isProcessAlive, ownProcessIdentity, parentOf, parseProcessStat, processIdentity } from '@holdfast/core/basics';
