import type { Caller } from './caller.js';
import { initFolder, type JobMount } from './job-mounts.js';
import { seccompWithoutIoUring } from './seccomp.js';

export interface BundleOptions {
  /** File name of the init in its folder. */
  readonly initName: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly caller: Caller;
  readonly mounts: readonly JobMount[];
  /** Below the caller's own control groups, so that its limits hold for the job. */
  readonly cgroupPath: string;
  /** CRIU reads it at each dump and restore. */
  readonly criuConfigPath: string;
  /** As Node names it. */
  readonly architecture: string;
}

/**
 * The OCI bundle of a job: the machine's own files, network and devices; processes, mounts and System V IPC of its own.
 * The job has the caller's user, groups, capabilities, limits and environment.
 */
export function bundleConfig(options: BundleOptions): object {
  const { caller } = options;
  const { soft, hard } = caller.openFiles ?? {};
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: caller.uid, gid: caller.gid, additionalGids: caller.groups, umask: caller.umask },
      args: [`${initFolder}/${options.initName}`, '--', ...options.command],
      env: Object.entries(options.environment).map(([name, value]) => `${name}=${value}`),
      cwd: options.workingDirectory,
      capabilities: caller.capabilities,
      // Node and Go raise the soft limit of open files for themselves; the others are inherited.
      rlimits: soft === undefined || hard === undefined ? [] : [{ type: 'RLIMIT_NOFILE', soft, hard }],
      noNewPrivileges: caller.noNewPrivileges,
    },
    root: { path: 'rootfs', readonly: false },
    mounts: options.mounts.map(({ root: _root, ...mount }) => mount),
    annotations: { 'org.criu.config': options.criuConfigPath },
    linux: {
      namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }],
      cgroupsPath: options.cgroupPath,
      rootfsPropagation: 'private',
      resources: { devices: [{ allow: true, access: 'rwm' }] },
      seccomp: seccompWithoutIoUring(options.architecture),
    },
  };
}
