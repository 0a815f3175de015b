export type { Clock } from './clock.js';
export { systemClock } from './clock.js';
export { defaultStateDirectory } from './config/defaults.js';
export type { AgentConfig } from './config/agent-config.js';
export type { DeploymentConfig, PluginSection, RetentionPolicy } from './config/deployment-config.js';
export type { EncryptionConfig } from './config/encryption-config.js';
export { deploymentConfigSchema } from './config/deployment-config.js';
export { absolutePathField, durationField } from './config/fields.js';
export { deploymentJsonSchema } from './config/json-schema.js';
export type { ParseDeploymentConfigOptions } from './config/parse-deployment-config.js';
export { parseDeploymentConfig } from './config/parse-deployment-config.js';
export type { SectionPlace } from './config/parse-section.js';
export { parseConfigSection } from './config/parse-section.js';
export type { Account, AccountFields, AccountSection, PasswordChoice, SettingProblem } from './credentials/account.js';
export { accountFields, isEncrypted, passwordChoice, passwordContradiction } from './credentials/account.js';
export type { PasswordPurpose } from './credentials/purpose.js';
export type { Credentials, PasswordSources, SecretReader, TokenSigner } from './credentials/read-credentials.js';
export { parseSecret, readCredentials } from './credentials/read-credentials.js';
export type { ErrorAmendment } from './errors/amend-error.js';
export { amendError } from './errors/amend-error.js';
export type { ErrorCode } from './errors/codes.js';
export { errorCodes } from './errors/codes.js';
export type { ErrorKind, HoldfastErrorInit, RetryAdvice } from './errors/holdfast-error.js';
export { HoldfastError, isHoldfastError } from './errors/holdfast-error.js';
export type { LayerOptions } from './layers/layer-driver.js';
export { layerDriver } from './layers/layer-driver.js';
export type { RetryPolicy } from './layers/retry.js';
export { defaultRetryPolicy } from './layers/retry.js';
export type { StorageTimeouts } from './layers/timeout.js';
export { defaultStorageTimeouts } from './layers/timeout.js';
export type { AttachmentOperation, DriverOperation, StorageOperation } from './layers/wrap-driver.js';
export type { Logger } from './logger.js';
export { silentLogger } from './logger.js';
export type {
  AttemptRecord,
  CatalogFinding,
  CatalogPlugin,
  CatalogTotals,
  CheckpointRecord,
  EventRecord,
  JobQuery,
  JobRecord,
  JobStatus,
  Lease,
  LeaseHolder,
  LeaseOutcome,
  MetadataStore,
  Page,
  RecordQuery,
} from './metadata/metadata-store.js';
export type { ProcessOutcome, ProcessRequest } from './storage/probe/abandonable-process.js';
export { runAbandonable } from './storage/probe/abandonable-process.js';
export type { DirectoryFacts, ProbeRequest } from './storage/probe/probe-directory.js';
export { probeDirectory, probeFilePrefix } from './storage/probe/probe-directory.js';
export type { ForeignStorageError } from './storage/probe/storage-error.js';
export { storageErrorFromCode } from './storage/probe/storage-error.js';
export type { MachineSessions } from './storage/sessions/machine-sessions.js';
export { machineSessions } from './storage/sessions/machine-sessions.js';
export { storageInUse } from './storage/sessions/storage-in-use.js';
export type { StorageCapabilities } from './storage/storage-capabilities.js';
export type {
  AttachedStorage,
  CallOptions,
  PlannedResource,
  StorageDriver,
  StorageGuarantees,
  StorageHealth,
  StorageInspection,
  StoragePlan,
  StoragePlugin,
  StorageProgress,
  StorageSession,
  StorageState,
  StorageStatus,
  StorageUsage,
  TellTrouble,
} from './storage/storage-driver.js';
export type {
  CheckpointMetadata,
  CheckpointReader,
  CheckpointRef,
  CheckpointStore,
  CheckpointSummary,
  CheckpointWriter,
  CommitOptions,
  CommitResult,
  Epoch,
  EpochEnd,
  EpochHolder,
  EpochStart,
  JobState,
  ObjectResult,
  PutOptions,
  SnapshotSource,
  VerifyProblem,
  VerifyReport,
  WriteOptions,
} from './store/checkpoint-store.js';
export type { EpochHistory, NotedEpoch, NoteKind } from './store/epoch-notes.js';
export type { JobRemoval, PrunePolicy, PruneReport, RemovalReason, SnapshotUsage } from './store/removal.js';
export type { CheckpointObject, ObjectInput, ObjectKind, ObjectLayout, ObjectSource, PageRun, SourceExtent } from './store/objects.js';
export { pageSizeBytes } from './store/objects.js';
export type { FilledRun, PageChunk, PagedReader } from './store/paged-reader.js';
export { chunkPages, isPagedReader } from './store/paged-reader.js';
export { nearestKey } from './config/known-keys.js';
export { commandText, escapeText } from './text/escape-text.js';
export { formatDuration, maxDurationMs, parseDuration } from './units/duration.js';
export { formatSize, parseSize } from './units/size.js';
