import { lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { agentUnitName } from './agent-unit.js';
import { assertPrograms } from './assert-programs.js';
import { runtimeName, withRuntime } from './daemon-json.js';
import { dockerSetup } from './install-errors.js';
import { type InstallPaths, installPaths } from './install-paths.js';
import { type InstallRecord, readRecord, writeRecord } from './install-record.js';
import { asSeenInTree, assertLasting, missingInTree } from './named-programs.js';
import { type OwnedFile, ownedFiles } from './owned-files.js';
import { reloadDocker } from './reload-docker.js';
import type { DockerInfo, InstallChange, InstallDockerOptions, InstallReport } from './types.js';
import { digestOf, isMissing, readWhole, writeWhole } from './whole-file.js';

/**
 * Sets Docker and the agent up in a machine's tree.
 *
 * - All is decided before anything is written: what is refused (HF_DOCKER_SETUP) has changed nothing. Rejects with HF_NATIVE_MISSING or HF_RUNC_MISSING where
 *   the launcher, or the runc that it becomes, is not there. What another machine's tree does not have yet is among the warnings.
 * - A repeat changes nothing; killed at any moment, a repeat completes it.
 */
export async function installDocker(asked: InstallDockerOptions): Promise<InstallReport> {
  const options = asSeenInTree(asked);
  const { root, launcher, defaultRuntime, services } = options;
  assertLasting(options);
  if (root === '/') await assertPrograms(options);
  const warnings = await missingInTree(options);
  const paths = installPaths(root);
  const record = await readRecord(paths.record);
  const files = await ownedFiles(options, paths, record);
  const runtime = { path: launcher };
  const before = await readWhole(paths.daemonJson);
  const text = withRuntime(before, paths.daemonJson, { runtime, asDefault: defaultRuntime }, record?.daemonJson.runtime);
  await assertWantedIsFree(paths);

  const folders = [...(record?.folders ?? [])];
  for (const file of [paths.record, paths.daemonJson, paths.wanted]) folders.push(...(await makeFolders(dirname(file))));
  const way = await wayBack(before, text, paths.daemonJsonCopy, record?.daemonJson);
  const isFirst = record === undefined || record.daemonJson.before === 'same';
  if (way === 'copy' && isFirst && before !== undefined) await writeWhole(paths.daemonJsonCopy, before, 0o600);
  // First, so that what a kill leaves behind is known to be ours.
  await writeRecord(paths.record, {
    version: 1,
    files: writtenFiles(files, record),
    folders,
    daemonJson: { written: digestOf(text), runtime, before: way },
  });
  for (const { path, text: content, mode } of files) if (content !== undefined) await writeWhole(path, content, mode);
  if (text !== before) await writeWhole(paths.daemonJson, text, 0o644);
  const isWanted = await makeLink(paths);

  const changes: InstallChange[] = files.map(({ path, did }) => ({ file: path, did }));
  changes.push({ file: paths.daemonJson, did: before === undefined ? 'made' : text === before ? 'left' : 'changed' });
  if (services === undefined) return { changes, services: 'untouched', warnings };
  await services.systemctl('daemon-reload');
  if (isWanted || files.some(({ did }) => did !== 'left')) await services.systemctl('restart', agentUnitName);
  const isInEffect = (info: DockerInfo): boolean => info.runtimes.includes(runtimeName) && (!defaultRuntime || info.defaultRuntime === runtimeName);
  return { changes, services: text === before || (await reloadDocker(services, isInEffect)) ? 'told' : 'docker-not-told', warnings };
}

/** How uninstall gets back exactly what was there before the first install. */
async function wayBack(before: string | undefined, text: string, copy: string, earlier: DaemonJson | undefined): Promise<DaemonJson['before']> {
  if (before === undefined) return 'no-file';
  if (earlier === undefined || earlier.before === 'same') return text === before ? 'same' : 'copy';
  if (digestOf(before) === earlier.written) return earlier.before;
  // A kill may have come between the record and the file.
  return earlier.before === 'copy' && (await readWhole(copy)) === before ? 'copy' : 'unknown';
}

function writtenFiles(files: readonly OwnedFile[], record: InstallRecord | undefined): InstallRecord['files'] {
  const written = files.flatMap(({ path, text }) => (text === undefined ? [] : [[path, digestOf(text)] as const]));
  return { ...record?.files, ...Object.fromEntries(written) };
}

/** Those that were not there, outermost first. */
async function makeFolders(path: string): Promise<readonly string[]> {
  const first = await mkdir(path, { recursive: true, mode: 0o755 });
  if (first === undefined) return [];
  const made: string[] = [];
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) made.unshift(folder);
  return made;
}

type DaemonJson = InstallRecord['daemonJson'];

/** The target as the machine of the tree sees it. */
const unitTarget = `/etc/systemd/system/${agentUnitName}`;

async function assertWantedIsFree({ wanted }: InstallPaths): Promise<void> {
  try {
    const isLink = (await lstat(wanted)).isSymbolicLink();
    if (!isLink || (await readlink(wanted)) !== unitTarget) throw dockerSetup(wanted, 'is there and leads elsewhere', 'Remove it');
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** True where it was not there. */
async function makeLink({ wanted }: InstallPaths): Promise<boolean> {
  try {
    await symlink(unitTarget, wanted);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
