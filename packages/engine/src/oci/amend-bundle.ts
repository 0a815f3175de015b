import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import { type HostMount, parseMountInfo } from '../container/host-mounts.js';
import { type Bundle, bundleFile } from './bundle.js';
import { insideAnnotation, insideOf } from './container-mounts.js';
import { declaredMounts } from './declared-mounts.js';
import { withoutIoUring } from './seccomp-rule.js';

export interface AmendOptions {
  /** The file with what runc has no option for; CRIU reads it at each dump and restore. Absolute. */
  readonly criuConfigPath: string;
  /** As Node names it. */
  readonly architecture: string;
}

export interface AmendedConfig extends Readonly<Record<string, unknown>> {
  readonly annotations: Readonly<Record<string, unknown>>;
}

const sectionSchema = z.record(z.string(), z.unknown()).default({});

/** The bundle's description with what a snapshot needs: CRIU's own file named, and no io_uring. A second time it changes nothing more. Throws HF_CONTAINER_BUNDLE. Pure. */
export function amendedConfig(bundle: Bundle, { criuConfigPath, architecture }: AmendOptions): AmendedConfig {
  const { config } = bundle;
  const linux = sectionSchema.safeParse(config['linux']);
  const annotations = sectionSchema.safeParse(config['annotations'] ?? {});
  const seccomp = linux.success ? withoutIoUring(linux.data['seccomp'], architecture) : undefined;
  if (!linux.success || !annotations.success || seccomp === undefined) throw notAmended(bundle.folder, 'its linux section is not what it should be');
  return {
    ...config,
    annotations: { ...annotations.data, 'org.criu.config': criuConfigPath },
    linux: { ...linux.data, seccomp },
  };
}

/** The same with its mounts declared, those that came along noted as such: who reads the bundle again must know them from its own. */
export async function withDeclaredMounts(amended: AmendedConfig, bundle: Bundle, hostMounts: readonly HostMount[]): Promise<AmendedConfig> {
  const { mounts, inside } = await declaredMounts(bundle, hostMounts);
  const noted = JSON.stringify({ ...insideOf(bundle), ...inside });
  return { ...amended, annotations: { ...amended.annotations, [insideAnnotation]: noted }, mounts };
}

/**
 * Writes the amended description in the place of the bundle's own, its mounts declared (`withDeclaredMounts`), in one step: who reads it meanwhile finds the one or the other, and a failure leaves
 * the old one. It keeps its owner's alone where it was so. Rejects with HF_CONTAINER_BUNDLE.
 */
export async function amendBundle(bundle: Bundle, options: AmendOptions): Promise<void> {
  const path = bundleFile(bundle.folder);
  const temporary = `${path}.holdfast`;
  const amended = amendedConfig(bundle, options);
  try {
    const hostMounts = parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
    const text = JSON.stringify(await withDeclaredMounts(amended, bundle, hostMounts));
    const { mode } = await stat(path);
    await rm(temporary, { force: true });
    await writeFile(temporary, text, { mode: mode & 0o777, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw notAmended(bundle.folder, error instanceof Error ? error.message : 'unknown', error);
  }
}

function notAmended(folder: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_CONTAINER_BUNDLE', {
    message: `${bundleFile(folder)} cannot be prepared for snapshots: ${why}`,
    kind: 'unexpected',
    operation: 'container.bundle',
    context: { folder },
    hint: 'the container can start unprotected; make room where containerd keeps its bundles',
    ...(cause === undefined ? {} : { cause }),
  });
}
