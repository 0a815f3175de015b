export { agentClient } from './agent/agent-client.js';
export type { Agent, AgentClient, AgentOptions, AgentStatus, ContainerStatus, ProtectedJob, StoppedJob } from './agent/types.js';
export type { RebuildOptions, RebuildProgress, RebuildReport } from './catalog/rebuild.js';
export type { ExportJobOptions, ExportReport } from './deployment/export-job.js';
export type { ImportJobOptions, ImportReport } from './deployment/import-job.js';
export type { RemovedJob } from './deployment/remove-job.js';
export { openDeployment } from './deployment/open-deployment.js';
export type {
  Deployment,
  DeploymentCatalog,
  DeploymentJobs,
  DeploymentStorage,
  DoctorCheck,
  DoctorReport,
  ForkedJob,
  ForkRequest,
  JobDetail,
  ShownSnapshot,
  JobPage,
  JobTotals,
  KeyPlace,
  OpenDeployment,
  OpenDeploymentOptions,
} from './deployment/types.js';
export { installDocker } from './install/install-docker.js';
export { servicesHere } from './install/services.js';
export type { InstallChange, InstallDockerOptions, InstallReport, MachineServices, UninstallDockerOptions } from './install/types.js';
export { uninstallDocker } from './install/uninstall-docker.js';
export type { SweepReason, SweepReport, SweepRequest, SweptJob } from './retention/types.js';
export type { RunEvent, RunEventBody, SnapshotReason } from './run/events.js';
export type { ForkFrom, JobStreams, RestorePolicy, Run, RunOptions, RunRequest, RunResult, SnapshotOutcome, TcpPolicy } from './run/types.js';
