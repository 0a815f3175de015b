import { basename, dirname } from 'node:path';
import { createFileOperations, type FileOperations } from '@holdfast/store/internal';
import type { StopPoint } from './orders.ts';

export interface StoppingOptions {
  /** Called at each point; the operation goes on when it resolves. */
  readonly at: (point: StopPoint) => Promise<void>;
  /** The epoch above which nothing is shown; undefined where all is. */
  readonly blindAbove: () => number | undefined;
}

/** The real file system, with a halt between the steps that docs/format.md argues about. */
export function stoppingOperations({ at, blindAbove }: StoppingOptions): FileOperations {
  const real = createFileOperations();
  return {
    ...real,
    async link(existing, created) {
      const isReady = created.endsWith('.ready');
      await at(isReady ? 'before the claim is ready' : 'before the epoch has its name');
      await real.link(existing, created);
      if (!isReady) await at('after the epoch has its name');
    },
    async rename(from, to) {
      const isManifest = to.endsWith('.manifest');
      if (isManifest) await at('before the manifest is renamed');
      await real.rename(from, to);
      if (isManifest) await at('after the manifest is renamed');
    },
    async open(path, access) {
      await at('anywhere');
      return real.open(path, access);
    },
    async list(path) {
      await at('anywhere');
      const names = await real.list(path);
      const limit = blindAbove();
      if (limit === undefined) return names;
      const epochsOf: Readonly<Record<string, (name: string) => number>> = { epochs: epochOfEpochFile, manifests: epochOfManifest };
      const epochOf = epochsOf[basename(path)];
      return epochOf === undefined || basename(dirname(dirname(path))) !== 'jobs' ? names : names.filter((name) => epochOf(name) <= limit);
    },
  };
}

function epochOfEpochFile(name: string): number {
  return Number(/^\d{10}/.exec(name)?.[0] ?? 0);
}

function epochOfManifest(name: string): number {
  return Number(/^\d{10}\.(\d{10})\./.exec(name)?.[1] ?? 0);
}
