import { absolutePathField, durationField, parseSize } from '@holdfast/core';
import * as z from 'zod';

/** How a machine mounts the volume. */
export interface MountConfig {
  /** Default `/run/holdfast/storage/NAME`. Processes of one machine share it. */
  readonly path: string;
  /** Default `/var/cache/holdfast/juicefs`. Best on the machine's own fast disk. */
  readonly cacheDirectories: readonly string[];
  /** Of all cache directories together. Default 20GiB; a tenth of each disk stays free in any case. */
  readonly cacheSizeBytes: number;
  /** Memory for what is being read and written. Default 1GiB. */
  readonly bufferSizeBytes: number;
  /** Objects that are uploaded at once. Default 20. */
  readonly uploads: number;
  /** Only reads: for machines that restore. Default false. */
  readonly readOnly: boolean;
  /** Says `durable` before the object is in the bucket: needs `allowDataLoss`. Default false. */
  readonly writeback: boolean;
  /** Takes part in the volume's own chores. Default true: one client at least must. */
  readonly backgroundJobs: boolean;
  /** Of the metrics that JuiceFS serves. Default 127.0.0.1:0, any free port. */
  readonly metricsAddress: string;
  /** Default `/var/log/holdfast/juicefs-NAME.log`. */
  readonly logFile: string;
  /** Until the volume can be used. Default 30s. */
  readonly readyTimeoutMs: number;
  /** Until everything is in the bucket, at `flush` and the last `detach`. Default 10m. */
  readonly flushTimeoutMs: number;
}

/** With what depends on the volume's name still open. */
export type MountSection = Omit<MountConfig, 'path' | 'logFile'> & { readonly path: string | undefined; readonly logFile: string | undefined };

const size = (description: string): z.ZodType<string, string> =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}[MGT]iB$/u, { error: (issue) => `'${String(issue.input)}' is no whole number of MiB, GiB or TiB` })
    .meta({ description });
const notRoot = (path: string): boolean => /[^/]/u.test(path);

export const mountSchema: z.ZodType<MountSection> = z
  .strictObject({
    path: absolutePathField('Where the volume is mounted; by default /run/holdfast/storage/NAME.')
      .refine(notRoot, { error: "'/' cannot be mounted over" })
      .optional(),
    cacheDirectories: z
      .array(
        absolutePathField("Best on the machine's own fast disk.").refine((path) => !path.includes(':'), {
          error: (issue) => `'${String(issue.input)}' has a colon, which JuiceFS takes for the beginning of another directory`,
        }),
      )
      .min(1)
      .meta({ description: 'Directories of the cache.' })
      .prefault(['/var/cache/holdfast/juicefs']),
    cacheSize: size('Of all cache directories together.').prefault('20GiB'),
    bufferSize: size('Memory for what is being read and written.').prefault('1GiB'),
    uploads: z.int().min(1).max(1000).meta({ description: 'Objects that are uploaded at once.' }).prefault(20),
    readOnly: z.boolean().meta({ description: 'Only reads: for machines that restore.' }).prefault(false),
    writeback: z.boolean().meta({ description: 'Says durable before the object is in the bucket; needs allowDataLoss.' }).prefault(false),
    backgroundJobs: z.boolean().meta({ description: "Takes part in the volume's own chores; one client at least must." }).prefault(true),
    metricsAddress: z
      .string()
      .regex(/^[A-Za-z0-9._-]+:\d{1,5}$/u, { error: (issue) => `'${String(issue.input)}' is no HOST:PORT` })
      .meta({ description: 'Where JuiceFS serves metrics; port 0 is any free one.' })
      .prefault('127.0.0.1:0'),
    logFile: absolutePathField('The log of the mount; by default /var/log/holdfast/juicefs-NAME.log.').optional(),
    readyTimeout: durationField('Until the volume can be used.').prefault('30s'),
    flushTimeout: durationField('Until everything is in the bucket, at a flush and the last detach.').prefault('10m'),
  })
  .prefault({})
  .transform(
    ({ cacheSize, bufferSize, readyTimeout, flushTimeout, path, logFile, ...rest }): MountSection => ({
      ...rest,
      path,
      logFile,
      cacheSizeBytes: parseSize(cacheSize),
      bufferSizeBytes: parseSize(bufferSize),
      readyTimeoutMs: readyTimeout,
      flushTimeoutMs: flushTimeout,
    }),
  );

export function mountDefaults(section: MountSection, name: string): MountConfig {
  return {
    ...section,
    path: (section.path ?? `/run/holdfast/storage/${name}`).replace(/(?<=.)\/+$/u, ''),
    logFile: section.logFile ?? `/var/log/holdfast/juicefs-${name}.log`,
  };
}
