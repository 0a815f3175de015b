/** What costs no start-up time: errors, durations, sizes and the like, without the schema library that the whole package loads. */

export { systemClock } from './clock.js';
export { defaultAgentSocket, defaultStateDirectory } from './config/defaults.js';
export type { ErrorCode } from './errors/codes.js';
export type { ErrorKind, HoldfastErrorInit, RetryAdvice } from './errors/holdfast-error.js';
export { HoldfastError, isHoldfastError } from './errors/holdfast-error.js';
export { silentLogger } from './logger.js';
export type { ProcessIdentity } from './process-identity.js';
export { isEnding, isProcessAlive, ownProcessIdentity, parentOf, parseProcessStat, processIdentity } from './process-identity.js';
export { pageSizeBytes } from './store/objects.js';
export { chunkPages, isPagedReader } from './store/paged-reader.js';
export { commandText, escapeText } from './text/escape-text.js';
export { formatDuration, maxAgeMs, parseDuration } from './units/duration.js';
export { formatSize, parseSize } from './units/size.js';
