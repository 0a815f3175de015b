import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@holdfast/core';
import { type DockerNode, missingDocker, startDocker } from '@holdfast/testkit/docker';
import { expect, test } from 'vitest';
import { AdoptedContainer } from '../../src/container/adopted/adopted-container.js';
import { readRuncState } from '../../src/container/adopted/runc-state.js';
import { freezerOfFolders } from '../../src/container/cgroup-files.js';
import { Freezer } from '../../src/container/freezer.js';
import { parseMountInfo } from '../../src/container/host-mounts.js';
import { memoryBytesOf } from '../../src/container/processes.js';
import { recordLostNames } from '../../src/container/lost-names.js';
import { relinkLostNames } from '../../src/container/relink.js';
import { createFileCapture } from '../../src/files/file-capture.js';
import { checkOutside } from '../../src/files/check-outside.js';
import { type OutsideFile, recordOutside } from '../../src/files/record-outside.js';
import { restoreFiles } from '../../src/files/restore-files.js';
import { readBundle } from '../../src/oci/bundle.js';
import { type ContainerFiles, containerFiles } from '../../src/oci/container-files.js';
import { openOverlay } from '../../src/oci/overlay-mount.js';
import { translateOpenFiles } from '../../src/oci/translate-open-files.js';
import { standing, toolsOfEnvironment, until } from '../container/machine.js';
import { MemoryCheckpoint } from '../files/memory-checkpoint.js';
import { treeTool } from '../files/workspace.js';
import { PreparingRuntime } from './preparing-runtime.js';

/** What a job may do to files that CRIU and an overlay do not make easy; once it is asked to, it tells what it finds. */
const program = `
import ctypes, errno, os, time
def put(path, text, how='w'):
    file = open(path, how + '+'); file.write(text); file.flush(); return file
group = put('/etc/group', 'copied up\\n', 'a')
log = put('/data/log', 'in a volume\\n', 'a')
os.remove('/etc/passwd')
outside = put('/single', 'outside', 'a')
os.mkdir('/scratch'); put('/scratch/big', 'left out').close()
os.makedirs('/var/deep')
kept = put('/var/kept', 'kept'); os.link('/var/kept', '/var/deep/other'); os.unlink('/var/kept')
beside = put('/var/one', 'beside'); os.link('/var/one', '/var/two'); os.unlink('/var/one')
ghost = put('/var/ghost', 'ghost'); os.unlink('/var/ghost')
memory = put('/ram/file', 'memory'); large = put('/ram/large', '.' * (8 << 20)); large.close()
shared = put('/dev/shm/file', 'shared')
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall(425, 1, 0)
print('io_uring', errno.errorcode[ctypes.get_errno()], flush=True)
while not os.path.exists('/tmp/tell'): time.sleep(0.05)
for file in [group, log, outside, kept, beside, ghost, memory, shared]:
    file.write('+'); file.flush(); file.seek(0)
    print(repr(file.read()[-8:]), os.fstat(file.fileno()).st_nlink, flush=True)
print(os.path.exists('/etc/passwd'), os.path.exists('/scratch/big'), os.path.samefile('/var/deep/other', '/proc/self/fd/%d' % kept.fileno()), sorted(os.listdir('/var')), flush=True)
`;

const told = [
  'io_uring ENOSYS',
  "'ied up\\n+' 1",
  "'volume\\n+' 1",
  "'outside+' 1",
  "'kept+' 1",
  "'beside+' 1",
  "'ghost+' 0",
  "'memory+' 1",
  "'shared+' 1",
  "False False True ['deep', 'two']",
];

async function adopt(node: DockerNode, id: string, files: ContainerFiles, criuConfig: string): Promise<AdoptedContainer> {
  const tools = await toolsOfEnvironment();
  const state = await readRuncState(node.runtimeRoot, id);
  if (state === undefined) throw new Error('the container is gone');
  const freezer = freezerOfFolders(parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')), state.cgroupFolders);
  if (freezer === undefined) throw new Error('no freezer');
  return new AdoptedContainer({
    id,
    init: state.init,
    freezer: new Freezer(freezer, systemClock),
    runc: { tools, root: node.runtimeRoot, log: join(node.folder, 'runc.log') },
    tools,
    criuConfig,
    helpersFile: join(node.folder, 'helpers.json'),
    tcp: 'close',
    roots: files.roots,
    recordedMounts: [],
    recorded: { version: 1, kind: 'oci', mountpoints: [] },
    notes: [],
    clock: systemClock,
    places: files,
    inMemory: files.inMemory,
    translateOpenFiles: translateOpenFiles(files),
    exitCode: () => Promise.resolve(undefined),
    freezeDeadlineMs: 10_000,
    longestFreezeMs: 60_000,
  });
}

const mounts = ['--runtime', 'preparing', '--network', 'none', '--tmpfs', '/ram'];

/** The bundle of a container that runs. */
function bundleOf(node: DockerNode, id: string): string {
  return execFileSync('find', [join(node.folder, 'exec'), '-name', 'config.json', '-path', `*${id}*`, '-printf', '%h'], { encoding: 'utf8' });
}

async function filesOf(bundleFolder: string): Promise<ContainerFiles> {
  return containerFiles(await readBundle(bundleFolder), parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')), { exclude: ['/scratch'] });
}

interface Taken {
  readonly checkpoint: MemoryCheckpoint;
  readonly outside: readonly OutsideFile[];
}

async function snapshot(container: AdoptedContainer, files: ContainerFiles, folder: string): Promise<Taken> {
  const checkpoint = new MemoryCheckpoint();
  const imagesDir = join(folder, 'images');
  const capture = createFileCapture({
    roots: files.roots,
    parent: undefined,
    exclude: files.exclude,
    stagingDir: join(folder, 'staging'),
    treeTool,
    logger: silentLogger,
  });
  const writer = checkpoint.writer();
  await capture.preCopy(writer, { openFiles: await container.openFiles() });
  const dump = await container.prepareDump({ imagesDir, workDir: join(folder, 'work'), deadlineMs: 60_000 });
  await container.freeze();
  const { lostFiles } = await dump.run(await standing(container));
  const open = await container.openFiles();
  await capture.frozen(open);
  const outside = await recordOutside(open, files.roots, files);
  await container.thaw();
  const { trees } = await capture.finish(writer);
  await recordLostNames(imagesDir, lostFiles, files.roots, trees, files);
  return { checkpoint, outside };
}

test.skipIf(missingDocker() !== undefined)(
  'what a container of Docker holds open, and what it made of its image, is the same in another one',
  async () => {
    const tools = await toolsOfEnvironment();
    await using folder = await mkdtempDisposable(join(tmpdir(), 'hf-runtime-'));
    const single = join(folder.path, 'single');
    writeFileSync(single, '');
    const runtime = new PreparingRuntime(folder.path, tools);
    await using node = await startDocker({ runtimes: { preparing: runtime.path } });
    await node.importImage('python', { python: true });
    const first = await node.docker(['run', '-d', ...mounts, '-v', 'first:/data', '-v', `${single}:/single`, 'python', 'python3', '-c', program]);
    await until(async () => (await node.docker(['logs', first])).includes('io_uring'));
    const files = await filesOf(bundleOf(node, first));
    expect(files.roots.map(({ destination }) => destination)).toEqual(['/', '/data']);
    expect(files.inMemory).toEqual(expect.arrayContaining(['/dev/shm', '/ram']));
    const container = await adopt(node, first, files, runtime.criuConfig);
    expect(await container.memoryBytes()).toBeGreaterThan((await memoryBytesOf(await container.processes())) + 8 * 1024 * 1024 - 1);
    const { checkpoint, outside } = await snapshot(container, files, folder.path);
    const changes = (await node.docker(['diff', first]))
      .split('\n')
      .filter((line) => !line.includes('/scratch'))
      .sort();
    await container.kill();
    // What the job wrote after the snapshot.
    appendFileSync(single, ' and more');

    let second: Promise<string> | undefined;
    const bundle = await runtime.nextRestored(() => {
      second = node.docker(['run', '-d', '--name', 'second', ...mounts, '-v', 'second:/data', '-v', `${single}:/single`, 'python', 'true']);
    });
    const other = await filesOf(bundle);
    if (other.overlay === undefined) throw new Error('no overlay');
    const overlay = openOverlay(other.overlay, { treeTool });
    await overlay.unmount();
    const { tails } = await checkOutside(JSON.parse(JSON.stringify(outside)), { saveDir: join(folder.path, 'saved', 'tails'), places: other });
    expect(tails).toMatchObject([{ path: single, bytes: 9 }]);
    await restoreFiles({ reader: checkpoint.reader(), roots: other.roots, exclude: other.exclude, treeTool, savedName: 'before' });
    await overlay.mount();
    await using _links = await relinkLostNames(runtime.images, other.roots, other);
    runtime.restore();
    await second;
    expect((await node.docker(['diff', 'second'])).split('\n').sort()).toEqual(changes);
    await node.docker(['exec', 'second', 'touch', '/tmp/tell']);
    await node.docker(['wait', 'second']);
    expect((await node.docker(['logs', 'second'])).split('\n')).toEqual(told.slice(1));
    expect(await node.docker(['logs', first])).toBe(told[0]);
  },
);
