import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type Clock, HoldfastError } from '@holdfast/core';
import { bundleConfig } from './bundle-config.js';
import { readCaller } from './caller.js';
import { type FreezerFiles, freezerOfNewGroup, parseCgroups } from './cgroup-files.js';
import type { ContainerOptions } from './container-options.js';
import { criuConfigText } from './criu-config.js';
import { Freezer } from './freezer.js';
import { parseMountInfo } from './host-mounts.js';
import type { JobMount } from './job-mounts.js';
import { type ContainerLayout, cgroupPathOf } from './layout.js';

/** Writes the bundle's folder: configuration, CRIU's options, the places that the keeper and runc need. */
export async function writeBundle(options: ContainerOptions, layout: ContainerLayout, mounts: readonly JobMount[], initName: string): Promise<void> {
  const folders = [layout.rootfs, layout.missing, layout.work];
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  const config = bundleConfig({
    initName,
    command: options.command,
    environment: options.environment,
    workingDirectory: options.workingDirectory,
    caller: await readCaller(),
    mounts,
    cgroupPath: cgroupPathOf(options.id),
    criuConfigPath: layout.criuConfig,
    architecture: process.arch,
  });
  await writeFile(layout.config, JSON.stringify(config), { mode: 0o600 });
  // runc would make it readable by everyone.
  await writeFile(layout.runcLog, '', { mode: 0o600, flag: 'a' });
  await writeFile(layout.criuConfig, criuConfigText({ tcp: options.tcp }), { mode: 0o600 });
}

/** The freezer that runc will make for the container. Rejects with HF_REQUIREMENT where this machine mounts none. */
export async function freezerFor(id: string, clock: Clock): Promise<Freezer> {
  const [mountInfo, own] = await Promise.all([readFile('/proc/self/mountinfo', 'utf8'), readFile('/proc/self/cgroup', 'utf8')]);
  const files: FreezerFiles | undefined = freezerOfNewGroup(parseMountInfo(mountInfo), parseCgroups(own), cgroupPathOf(id));
  if (files !== undefined) return new Freezer(files, clock);
  throw new HoldfastError('HF_REQUIREMENT', {
    message: 'this machine has no control groups to freeze a job with',
    kind: 'missing-requirement',
    operation: 'start',
    hint: 'mount cgroup2 on /sys/fs/cgroup (systemd does), or the freezer of version 1',
  });
}
