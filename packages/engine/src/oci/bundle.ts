import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { z } from 'zod';

/** One entry of a bundle's `mounts`. */
export interface BundleMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** A range of users or groups of a container's user namespace. */
export interface IdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

/** An OCI bundle as Holdfast reads it; paths are absolute. Its environment is not trusted, and never written to a log. */
export interface Bundle {
  readonly folder: string;
  readonly args: readonly string[];
  /** Of a name that is there twice the last value: runc gives the container's process that one alone. */
  readonly environment: ReadonlyMap<string, string>;
  readonly workingDirectory: string;
  readonly terminal: boolean;
  readonly rootPath: string;
  readonly rootReadOnly: boolean;
  readonly hostname: string | undefined;
  readonly mounts: readonly BundleMount[];
  readonly annotations: ReadonlyMap<string, string>;
  readonly cgroupsPath: string | undefined;
  /** Empty where the container shares the users of the machine. */
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
  /** Of device files that are no part of every container, such as those of a GPU. */
  readonly devices: readonly string[];
  /** The whole file as it was read. */
  readonly config: Readonly<Record<string, unknown>>;
}

const mappings = z.array(z.object({ containerID: z.number(), hostID: z.number(), size: z.number() })).default([]);

const configSchema = z.object({
  process: z.object({
    args: z.array(z.string()).min(1),
    env: z.array(z.string()).default([]),
    cwd: z.string().startsWith('/'),
    terminal: z.boolean().default(false),
  }),
  root: z.object({ path: z.string().min(1), readonly: z.boolean().default(false) }),
  hostname: z.string().exactOptional(),
  mounts: z
    .array(
      z.object({
        destination: z.string().startsWith('/'),
        type: z.string().default('bind'),
        source: z.string().default('none'),
        options: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  annotations: z.record(z.string(), z.string()).default({}),
  linux: z
    .object({
      cgroupsPath: z.string().exactOptional(),
      uidMappings: mappings,
      gidMappings: mappings,
      devices: z.array(z.object({ path: z.string() })).default([]),
    })
    .prefault({}),
});

/** The bundle's description, below its folder. */
export function bundleFile(folder: string): string {
  return join(folder, 'config.json');
}

/** Rejects with HF_CONTAINER_BUNDLE where the folder has no bundle that can be read. No value of the environment comes into the error. */
export async function readBundle(folder: string): Promise<Bundle> {
  const path = bundleFile(folder);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, cause instanceof Error ? cause.message : 'unknown');
  });
  return parseBundle(folder, text);
}

/** Throws as `readBundle` rejects. */
export function parseBundle(folder: string, text: string): Bundle {
  const path = bundleFile(folder);
  const document = parseJson(text);
  if (document === undefined) throw unreadable(path, 'it is not JSON');
  const parsed = configSchema.safeParse(document);
  if (!parsed.success) throw unreadable(path, parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const { process, root, hostname, mounts, annotations, linux } = parsed.data;
  return {
    folder,
    args: process.args,
    environment: environmentOf(process.env),
    workingDirectory: process.cwd,
    terminal: process.terminal,
    rootPath: resolve(folder, root.path),
    rootReadOnly: root.readonly,
    hostname,
    mounts,
    annotations: new Map(Object.entries(annotations)),
    cgroupsPath: linux.cgroupsPath,
    uidMappings: linux.uidMappings,
    gidMappings: linux.gidMappings,
    devices: linux.devices.map((device) => device.path),
    config: document,
  };
}

function environmentOf(entries: readonly string[]): ReadonlyMap<string, string> {
  const environment = new Map<string, string>();
  for (const entry of entries) {
    const end = entry.indexOf('=');
    const name = end < 0 ? entry : entry.slice(0, end);
    environment.set(name, end < 0 ? '' : entry.slice(end + 1));
  }
  return environment;
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
    return value.success ? value.data : undefined;
  } catch {
    // The parser's own words quote the text, environment and all.
    return undefined;
  }
}

function unreadable(path: string, why: string): HoldfastError {
  return new HoldfastError('HF_CONTAINER_BUNDLE', {
    message: `${path} cannot be read as a container's bundle: ${why}`,
    kind: 'invalid-argument',
    operation: 'container.bundle',
    context: { path },
    hint: 'the bundle is written by Docker or containerd; a container without MMC_CHECKPOINT_MODE is not looked at',
  });
}
