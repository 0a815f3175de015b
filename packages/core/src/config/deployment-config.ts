import * as z from 'zod';
import { type AgentConfig, agentSection } from './agent-config.js';
import { defaultStateDirectory } from './defaults.js';
import { type EncryptionConfig, encryptionSection } from './encryption-config.js';
import { absolutePathField, ageField, durationField, sizeField } from './fields.js';

/** What a plugin makes of its section: the plugin named by `type` parses it, with all that is beside `type`. */
export interface PluginSection {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Which snapshots a sweep keeps. */
export interface RetentionPolicy {
  /** Of a job that has not ended. Default: `job.keep`. */
  readonly keepLast: number;
  /** Of a job that ended with status 0. Default: `keepLast`. */
  readonly keepAfterSuccess: number;
  /** Of a job that ended with another status. Default: `keepLast`. */
  readonly keepAfterFailure: number;
  /** A job that has not ended, that nobody runs and that gave no sign of life for so long keeps no snapshot. Default: undefined, none is given up. */
  readonly abandonedAfterMs: number | undefined;
  /** What the snapshots of all jobs may take together; the oldest go first, but never the newest of a job that has not ended. Default: undefined, no limit. */
  readonly maxBytes: number | undefined;
  /** How long the files of a removed snapshot stay. Default 2m. */
  readonly graceMs: number;
}

/** A deployment as the packages use it: complete, frozen, durations in milliseconds. */
export interface DeploymentConfig {
  /** Where snapshots are kept. Default: the local directory `storage` below `stateDirectory`. */
  readonly storage: PluginSection;
  /** Where jobs are indexed. Default: the SQLite file `catalog.sqlite` in `stateDirectory`. */
  readonly catalog: PluginSection;
  /** This machine's own files: running containers, staging. Never on shared storage. Default `/var/lib/holdfast`. */
  readonly stateDirectory: string;
  /** What a job gets where its own line says nothing. */
  readonly job: {
    /** From the start of one snapshot to the next. Default 15m. */
    readonly intervalMs: number;
    /** Snapshots kept of each job. Default 3. */
    readonly keep: number;
    /** Where a snapshot cannot be restored: try older ones, start afresh after those, or fail at the first. Default `older`. */
    readonly onRestoreFailure: 'older' | 'fresh' | 'fail';
    /** When the memory of a resumed job comes: all before it runs, what it touches first, or whichever suits. Default `eager`. */
    readonly resume: 'lazy' | 'eager' | 'auto';
    /** Connected TCP sockets in a snapshot. Default `close`. */
    readonly tcp: 'close' | 'keep';
    /** What a snapshot's memory is read from: copies of the job's processes, images that CRIU stages, or copies wherever they can be. Default `auto`. */
    readonly memory: 'auto' | 'twin' | 'staged';
    /** Whether those copies stay until the next snapshot, while there is room, so that only what has changed is read for it. Default `off`. */
    readonly keepTwin: 'off' | 'auto';
    /** Whether CRIU passes over memory that is read from those copies, where it can be brought to. Default `auto`. */
    readonly coverMemory: 'off' | 'auto';
  };
  /** What a sweep of all jobs removes. */
  readonly retention: RetentionPolicy;
  readonly lease: {
    /** How long a silent holder keeps its job. Default 30s. */
    readonly ttlMs: number;
  };
  /** Paths of programs; undefined ones are looked for. */
  readonly tools: {
    readonly runc: string | undefined;
    readonly criu: string | undefined;
    /** The directory of Holdfast's native helpers. */
    readonly native: string | undefined;
  };
  /** Undefined: the repository is not encrypted. */
  readonly encryption: EncryptionConfig | undefined;
  readonly agent: AgentConfig;
  readonly limits: {
    /** Longest freeze for a dump. Default 10m. */
    readonly dumpTimeoutMs: number;
    /** Longest restore by CRIU. Default 15m. */
    readonly restoreTimeoutMs: number;
    /** Longest call of the repository that shows no progress. Default 1m. */
    readonly commitTimeoutMs: number;
    /** From SIGTERM to SIGKILL where a job is ended. Default 10s. */
    readonly stopGraceMs: number;
    /** Longest that no page comes to a job that was resumed lazily. Default 5m. */
    readonly pagesTimeoutMs: number;
  };
}

const pluginSection = (what: string): z.ZodType<PluginSection, PluginSection> =>
  z.looseObject({ type: z.string().regex(/^[a-z][a-z0-9-]*$/u, { error: (issue) => `'${String(issue.input)}' is no type of a ${what}` }) });

/** The document as it is written; defaults are applied here and nowhere else. */
const documentSchema = z.strictObject({
  $schema: z.string().meta({ description: 'For editors; not read.' }).optional(),
  storage: pluginSection('storage').optional(),
  catalog: pluginSection('catalog').optional(),
  stateDirectory: absolutePathField("This machine's own files: running containers, staging. Never on shared storage.").prefault(
    defaultStateDirectory,
  ),
  job: z
    .strictObject({
      interval: durationField('From the start of one snapshot to the next.').prefault('15m'),
      keep: z.int().min(1).max(1000).meta({ description: 'Snapshots kept of each job.' }).prefault(3),
      onRestoreFailure: z
        .enum(['older', 'fresh', 'fail'])
        .meta({ description: 'Where a snapshot cannot be restored: try older ones, start afresh after those, or fail at the first.' })
        .prefault('older'),
      resume: z
        .enum(['lazy', 'eager', 'auto'])
        .meta({ description: 'When the memory of a resumed job comes: what it touches first, all before it runs, or whichever suits.' })
        .prefault('eager'),
      tcp: z.enum(['close', 'keep']).meta({ description: 'Connected TCP sockets in a snapshot.' }).prefault('close'),
      memory: z
        .enum(['auto', 'twin', 'staged'])
        .meta({
          description:
            "What a snapshot's memory is read from: copies of the job's processes (a short freeze), images staged by CRIU, or copies wherever they can be.",
        })
        .prefault('auto'),
      keepTwin: z
        .enum(['off', 'auto'])
        .meta({
          description: 'Whether those copies stay until the next snapshot, while there is room, so that only what has changed is read for it.',
        })
        .prefault('off'),
      coverMemory: z
        .enum(['off', 'auto'])
        .meta({
          description:
            'Whether CRIU passes over memory that is read from those copies, wherever it can be brought to, or looks at every page. With a kernel that marks written pages (soft-dirty) each snapshot clears the marks.',
        })
        .prefault('auto'),
    })
    .prefault({}),
  retention: z
    .strictObject({
      keepLast: z.int().min(1).max(1000).meta({ description: 'Snapshots kept of a job that has not ended; by default job.keep.' }).optional(),
      keepAfterSuccess: z.int().min(0).max(1000).meta({ description: 'Of a job that ended with status 0; by default keepLast.' }).optional(),
      keepAfterFailure: z.int().min(0).max(1000).meta({ description: 'Of a job that ended with another status; by default keepLast.' }).optional(),
      abandonedAfter: ageField(
        'No snapshot is kept of a job that nobody runs and that gave no sign of life for so long; by default none is given up.',
      ).optional(),
      maxBytes: sizeField('What the snapshots of all jobs may take together; the oldest go first. By default there is no limit.').optional(),
      grace: durationField('How long the files of a removed snapshot stay.').prefault('2m'),
    })
    .prefault({}),
  lease: z.strictObject({ ttl: durationField('How long a silent holder keeps its job.').prefault('30s') }).prefault({}),
  tools: z
    .strictObject({
      runc: absolutePathField('The runc program; looked for where absent.').optional(),
      criu: absolutePathField('The criu program; looked for where absent.').optional(),
      native: absolutePathField("The directory of Holdfast's native helpers; looked for where absent.").optional(),
    })
    .prefault({}),
  encryption: encryptionSection.optional(),
  agent: agentSection.prefault({}),
  limits: z
    .strictObject({
      dumpTimeout: durationField('Longest freeze for a dump.').prefault('10m'),
      restoreTimeout: durationField('Longest restore by CRIU.').prefault('15m'),
      commitTimeout: durationField('Longest call of the repository that shows no progress.').prefault('1m'),
      stopGrace: durationField('From SIGTERM to SIGKILL where a job is ended.').prefault('10s'),
      pagesTimeout: durationField('Longest that no page comes to a job that was resumed lazily.').prefault('5m'),
    })
    .prefault({}),
});

/** Parses the document into the deployment. */
export const deploymentConfigSchema: z.ZodType<DeploymentConfig> = documentSchema.transform(
  ({ stateDirectory, storage, catalog, job, retention, lease, tools, encryption, agent, limits }): DeploymentConfig => ({
    storage: storage ?? { type: 'local', path: `${stateDirectory}/storage` },
    catalog: catalog ?? { type: 'sqlite', path: `${stateDirectory}/catalog.sqlite` },
    stateDirectory,
    job: {
      intervalMs: job.interval,
      keep: job.keep,
      onRestoreFailure: job.onRestoreFailure,
      resume: job.resume,
      tcp: job.tcp,
      memory: job.memory,
      keepTwin: job.keepTwin,
      coverMemory: job.coverMemory,
    },
    retention: retentionOf(retention, job.keep),
    lease: { ttlMs: lease.ttl },
    tools: { runc: tools.runc, criu: tools.criu, native: tools.native },
    encryption,
    agent,
    limits: {
      dumpTimeoutMs: limits.dumpTimeout,
      restoreTimeoutMs: limits.restoreTimeout,
      commitTimeoutMs: limits.commitTimeout,
      stopGraceMs: limits.stopGrace,
      pagesTimeoutMs: limits.pagesTimeout,
    },
  }),
);

type RetentionDocument = z.output<typeof documentSchema>['retention'];

function retentionOf(
  { keepLast, keepAfterSuccess, keepAfterFailure, abandonedAfter, maxBytes, grace }: RetentionDocument,
  keep: number,
): RetentionPolicy {
  const last = keepLast ?? keep;
  return {
    keepLast: last,
    keepAfterSuccess: keepAfterSuccess ?? last,
    keepAfterFailure: keepAfterFailure ?? last,
    abandonedAfterMs: abandonedAfter,
    maxBytes,
    graceMs: grace,
  };
}
