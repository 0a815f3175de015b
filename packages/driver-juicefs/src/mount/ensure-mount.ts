import { join } from 'node:path';
import { type CallOptions, HoldfastError, probeDirectory, runAbandonable } from '@holdfast/core';
import type { JuicefsConfig } from '../config.js';
import { throwIfAborted } from '../provision.js';
import type { JuicefsProgram } from '../run-juicefs.js';
import { lookAtMount } from './look-at-mount.js';
import { removeMountPoint } from './mount-point.js';
import { unusableOption } from './mount-options.js';
import { type MountedVolume, startMount } from './start-mount.js';
import { endUnfinishedClient } from './starting-client.js';
import { clientsOf, unmountInOrder, unmountLazily } from './unmount.js';

const operation = 'storage.attach';
const goodbyeMs = 5000;

/** Finds the volume mounted, or mounts it; what a client that died left is taken away before. To be called with the mount's lock. */
export async function ensureMount(program: JuicefsProgram, uuid: string, options: CallOptions): Promise<MountedVolume> {
  const { config } = program;
  const { path } = config.mount;
  const seen = await lookAtMount(path, 3000, options);
  switch (seen.state) {
    case 'volume':
      assertUsable(config, uuid, seen);
      return seen;
    case 'other':
      throw occupied(config, `a file system of type ${seen.type} is mounted there`);
    case 'hung':
      throw new HoldfastError('HF_STORAGE_TIMEOUT', {
        kind: 'timeout',
        retry: 'yes',
        message: `The volume '${config.name}', mounted at '${path}', does not answer: ${seen.reason}`,
        operation,
        context: { path },
        hint: `Look at ${config.mount.logFile}, and whether the bucket and the metadata engine answer. If its client does not recover, end it: it is mounted anew`,
      });
    case 'dead':
      await unmountLazily(path);
      await removeMountPoint(path);
      break;
    case 'none':
      break;
    default:
      return seen satisfies never;
  }
  await endUnfinishedClient(path);
  const mounted = await startMount(program, options);
  try {
    assertUsable(config, uuid, mounted);
    if (!config.mount.readOnly) await makePrivate(path, options);
    throwIfAborted(options.signal, operation, config.name);
    return mounted;
  } catch (error) {
    // Nobody uses it yet, and its session among the volume's would stand in the way of a destroy.
    await unmountInOrder(path, clientsOf(mounted), goodbyeMs).catch(() => unmountLazily(path));
    throw error;
  }
}

/** JuiceFS makes the root of a volume with mode 0777. */
async function makePrivate(path: string, options: CallOptions): Promise<void> {
  const { mode } = await probeDirectory({ path, mode: 'look', operation, signal: options.signal });
  if ((mode & 0o002) === 0) return;
  await runAbandonable({ command: '/bin/chmod', args: ['0700', '--', join(path, '.')], timeoutMs: 10_000 });
}

/** Throws HF_STORAGE_IN_USE where what is mounted is not the volume, or not as the configuration has it. Pure. */
export function assertUsable(config: JuicefsConfig, uuid: string, seen: MountedVolume): void {
  if (seen.uuid !== uuid) throw occupied(config, 'another volume of JuiceFS is mounted there');
  const why = unusableOption(config.mount, seen.options);
  if (why !== undefined) throw occupied(config, why);
}

function occupied({ name, mount }: JuicefsConfig, why: string): HoldfastError {
  return new HoldfastError('HF_STORAGE_IN_USE', {
    kind: 'conflict',
    message: `The volume '${name}' cannot be mounted at '${mount.path}': ${why}`,
    operation,
    context: { path: mount.path },
    hint: "Unmount that, or give another 'mount.path'",
  });
}
