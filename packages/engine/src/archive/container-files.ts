import { createHash } from 'node:crypto';
import type { CheckpointSummary } from '@holdfast/core';
import { parseRecordedMounts } from '../container/recorded-mounts.js';
import type { SnapshotMetadata } from '../run/snapshot-metadata.js';
import { memberNames } from './archive-format.js';
import { encodeStatistics } from './statistics.js';

export interface ContainerFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What `podman container checkpoint --export` puts beside the images, as far as a job of Holdfast has it; checkpointctl reads no more. */
export function containerFiles(
  repositoryId: string,
  summary: CheckpointSummary,
  metadata: SnapshotMetadata,
  memoryPages: number,
): readonly ContainerFile[] {
  return [
    { name: memberNames.config, bytes: json(configOf(repositoryId, summary)) },
    { name: memberNames.spec, bytes: json(specOf(repositoryId, summary, metadata)) },
    { name: memberNames.network, bytes: json({}) },
    { name: memberNames.statistics, bytes: encodeStatistics(metadata.freezeMs ?? 0, memoryPages) },
  ];
}

function configOf(repositoryId: string, { job, number, epoch, attempt, createdAt }: CheckpointSummary): object {
  return {
    id: createHash('sha256').update([repositoryId, job, number, epoch, attempt].join('\n')).digest('hex'),
    name: job,
    // A job of `holdfast run` has the machine's own root and was made from no image.
    rootfsImageName: '',
    runtime: 'runc',
    createdTime: createdAt,
    checkpointedTime: createdAt,
    restoredTime: '0001-01-01T00:00:00Z',
    restored: false,
  };
}

function specOf(repositoryId: string, { job, number }: CheckpointSummary, metadata: SnapshotMetadata): object {
  const mounts = metadata.mounts === undefined ? [] : parseRecordedMounts(metadata.mounts);
  return {
    ociVersion: '1.0.2',
    process: { terminal: false, args: metadata.command, cwd: metadata.workingDirectory },
    root: { path: 'rootfs', readonly: false },
    mounts: mounts.map(({ destination, type, source, options }) => ({ destination, type, source, options })),
    annotations: {
      // Whose layout this is: what reads such archives goes by it.
      'io.container.manager': 'libpod',
      'holdfast.repository': repositoryId,
      'holdfast.job': job,
      'holdfast.snapshot': String(number),
      'holdfast.host': metadata.host.name,
      'holdfast.kernel': metadata.host.kernel,
    },
    linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }] },
  };
}

function json(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
