import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DockerNode } from '@holdfast/testkit/docker';

/** The containers of a node that stand still now, by the kernel. */
export function frozenOf(docker: DockerNode): readonly string[] {
  const group = basename(docker.folder);
  const v1 = groupsIn(join('/sys/fs/cgroup/freezer', group), (folder) => textOf(join(folder, 'freezer.state')).startsWith('FROZEN'));
  return [...v1, ...groupsIn(join('/sys/fs/cgroup', group), (folder) => textOf(join(folder, 'cgroup.events')).includes('frozen 1'))];
}

function groupsIn(parent: string, holds: (folder: string) => boolean): readonly string[] {
  try {
    return readdirSync(parent, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() && holds(join(parent, entry.name)) ? [entry.name] : [],
    );
  } catch {
    // Not this version of control groups.
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
