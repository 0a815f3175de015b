import { rm, rmdir } from 'node:fs/promises';
import { agentUnitName } from './agent-unit.js';
import { isDefaultIn, runtimeName, withoutRuntime, withPlainDefault, withRuntime } from './daemon-json.js';
import { type InstallPaths, installPaths } from './install-paths.js';
import { type InstallRecord, readRecord } from './install-record.js';
import { reloadDocker } from './reload-docker.js';
import type { InstallChange, InstallReport, MachineServices, UninstallDockerOptions } from './types.js';
import { digestOf, readWhole, writeWhole } from './whole-file.js';

/**
 * Undoes what `installDocker` did in a machine's tree, and nothing else. Files that somebody changed since are left and told; daemon.json comes back byte for byte
 * where nobody did, else it loses the runtime alone. Where nothing is installed nothing is done. Killed at any moment, a repeat completes it.
 */
export async function uninstallDocker({ root, services }: UninstallDockerOptions): Promise<InstallReport> {
  const paths = installPaths(root);
  const record = await readRecord(paths.record);
  if (record === undefined) return { changes: [], services: 'untouched' };
  const daemonJson = await restoreDaemonJson(paths, record, services);
  const isTold =
    services === undefined || daemonJson.did === 'left' || (await reloadDocker(services, ({ runtimes }) => !runtimes.includes(runtimeName)));
  await services?.systemctl('disable', '--now', agentUnitName);
  await rm(paths.wanted, { force: true });
  const changes: InstallChange[] = [daemonJson];
  for (const [path, digest] of Object.entries(record.files)) changes.push(await removeOwned(path, digest));
  await services?.systemctl('daemon-reload');
  await rm(paths.daemonJsonCopy, { force: true });
  await rm(paths.record);
  for (const folder of record.folders.toReversed()) await rmdir(folder).catch(() => undefined);
  return { changes, services: services === undefined ? 'untouched' : isTold ? 'told' : 'docker-not-told' };
}

async function restoreDaemonJson(paths: InstallPaths, { daemonJson }: InstallRecord, services: MachineServices | undefined): Promise<InstallChange> {
  const { daemonJson: file, daemonJsonCopy } = paths;
  const { written, runtime, before } = daemonJson;
  const text = await readWhole(file);
  if (text === undefined) return { file, did: 'left', reason: 'it is gone already' };
  if (before === 'same') return { file, did: 'left', reason: 'the runtime was in it before' };
  const copy = before === 'copy' ? await readWhole(daemonJsonCopy) : undefined;
  const between = (): string => withPlainDefault(withRuntime(copy, file, { runtime, asDefault: true }), file);
  const isUnchanged = digestOf(text) === written || (before !== 'unknown' && text === between());
  if (services !== undefined && isDefaultIn(text, file)) await leaveDefault(file, text, services);
  if (isUnchanged && before === 'no-file') {
    await rm(file);
    return { file, did: 'removed' };
  }
  if (isUnchanged && copy !== undefined) {
    await writeWhole(file, copy, 0o644);
    return { file, did: 'restored' };
  }
  const left = withoutRuntime(text, file, runtime);
  if (left === text) return { file, did: 'left', reason: 'the runtime is not in it' };
  // An empty object would do; a file that Docker does not need is none of its own.
  await writeWhole(file, left ?? '{}\n', 0o644);
  return { file, did: 'changed', reason: 'it had been changed since: only the runtime was taken out' };
}

/** A reload without `default-runtime` leaves the default as it is: without this step Docker would look for a runtime that is gone, and start no container. */
async function leaveDefault(file: string, text: string, services: MachineServices): Promise<void> {
  await writeWhole(file, withPlainDefault(text, file), 0o644);
  await reloadDocker(services, ({ defaultRuntime }) => defaultRuntime !== runtimeName);
}

async function removeOwned(file: string, digest: string): Promise<InstallChange> {
  const text = await readWhole(file);
  if (text === undefined) return { file, did: 'left', reason: 'it is gone already' };
  if (digestOf(text) !== digest) return { file, did: 'left', reason: 'it was changed since' };
  await rm(file);
  return { file, did: 'removed' };
}
