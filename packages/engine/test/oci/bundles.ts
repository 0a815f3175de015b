import { type Bundle, parseBundle } from '../../src/oci/bundle.js';

export interface BundleParts {
  readonly env?: readonly string[];
  readonly rootPath?: string;
  readonly readonly?: boolean;
  readonly mounts?: readonly object[];
  readonly linux?: object;
}

export const containerId = 'c0ffee'.repeat(10);

/** A bundle as Docker writes one, with these parts. */
export function bundleText({ env = ['PATH=/bin'], rootPath = '/srv/merged', readonly = false, mounts = [], linux = {} }: BundleParts): string {
  return JSON.stringify({
    ociVersion: '1.0.2-dev',
    process: { user: { uid: 0, gid: 0 }, args: ['sleep', '9'], env, cwd: '/', noNewPrivileges: false },
    root: { path: rootPath, readonly },
    hostname: 'c0ffeec0ffee',
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] }, ...mounts],
    linux: { cgroupsPath: '/docker/c0ffee', namespaces: [{ type: 'mount' }, { type: 'pid' }], ...linux },
  });
}

export function bundle(parts: BundleParts = {}): Bundle {
  return parseBundle(`/run/moby/${containerId}`, bundleText(parts));
}

export function bind(source: string, destination: string, ...options: readonly string[]): object {
  return { destination, type: 'bind', source, options: ['rbind', 'rprivate', ...options] };
}
