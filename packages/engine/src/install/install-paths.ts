import { join } from 'node:path';
import { agentUnitName } from './agent-unit.js';

/** Where things lie in the tree of a machine. */
export interface InstallPaths {
  readonly daemonJson: string;
  /** What daemon.json was before. */
  readonly daemonJsonCopy: string;
  readonly unit: string;
  /** What starts the unit with the machine. */
  readonly wanted: string;
  readonly config: string;
  readonly launcherConfig: string;
  readonly record: string;
}

export function installPaths(root: string): InstallPaths {
  const at = (path: string): string => join(root, path);
  return {
    daemonJson: at('/etc/docker/daemon.json'),
    daemonJsonCopy: at('/etc/docker/daemon.json.before-holdfast'),
    unit: at(`/etc/systemd/system/${agentUnitName}`),
    wanted: at(`/etc/systemd/system/multi-user.target.wants/${agentUnitName}`),
    config: at('/etc/holdfast/holdfast.json'),
    launcherConfig: at('/etc/holdfast/runc.conf'),
    record: at('/etc/holdfast/installed-docker.json'),
  };
}
