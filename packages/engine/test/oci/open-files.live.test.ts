import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseMountInfo } from '../../src/container/host-mounts.js';
import { lostNamesFile, recordLostNames } from '../../src/container/lost-names.js';
import { openFilesOf } from '../../src/container/open-files.js';
import { relinkLostNames } from '../../src/container/relink.js';
import { scanRoot } from '../../src/files/scan-root.js';
import { type ContainerFiles, containerFiles } from '../../src/oci/container-files.js';
import { translateOpenFiles } from '../../src/oci/translate-open-files.js';
import { treeTool } from '../files/workspace.js';
import { bundle } from './bundles.js';
import { Overlay, OverlayHome } from './overlay.js';

const layers = { base: 'mkdir logs; echo image > logs/copied; echo image > lost', top: 'true' };

/** Opens files of a container's root, as a program in it with mounts of its own, for appending, and stays. A `>` before a name removes it once it is open. */
async function holder(overlay: Overlay, names: readonly string[]): Promise<AsyncDisposable & { readonly pid: number }> {
  const program = `import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def do(answer):
    if answer != 0: raise OSError(ctypes.get_errno(), 'the root cannot be changed')
newns, private, detach, pivot_root = 0x20000, (1 << 18) | (1 << 14), 2, 155
do(libc.unshare(newns)); do(libc.mount(None, b'/', None, private, None)); os.chdir(sys.argv[1])
do(libc.syscall(pivot_root, b'.', b'.')); do(libc.umount2(b'.', detach)); os.chdir('/')
files = [os.open(name.lstrip('>'), os.O_WRONLY | os.O_APPEND | os.O_CREAT) for name in sys.argv[2:]]
[os.unlink(name[1:]) for name in sys.argv[2:] if name.startswith('>')]
print('open', flush=True); sys.stdin.read()`;
  const child = spawn('python3', ['-c', program, overlay.merged, ...names], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

function filesOf(overlay: Overlay): Promise<ContainerFiles> {
  return containerFiles(bundle({ rootPath: overlay.merged }), parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')));
}

test('an open file has the number under which it is captured, copied up or made in the container', async () => {
  using home = new OverlayHome(layers);
  using overlay = new Overlay(home.path, 'one');
  await using program = await holder(overlay, ['/logs/copied', '/logs/made', '>/logs/gone']);
  const files = await filesOf(overlay);
  const seen = await openFilesOf([program.pid]);
  const translated = await translateOpenFiles(files)(seen);
  const numbers = (name: string): bigint | undefined => translated.find(({ path }) => path === name)?.ino;
  for (const name of ['/logs/copied', '/logs/made']) expect(numbers(name)).toBe(statSync(overlay.upper + name, { bigint: true }).ino);
  // Without it a store through a mapping would be missed: the overlay goes on with the number of the image's file.
  expect(seen.find(({ path }) => path === '/logs/copied')?.ino).not.toBe(numbers('/logs/copied'));
  expect(translated.find(({ deleted }) => deleted)).toEqual(seen.find(({ deleted }) => deleted));
});

test('a file whose name is gone is found by its other one, wherever that is, and linked again through the mounted overlay', async () => {
  using home = new OverlayHome(layers);
  using overlay = new Overlay(home.path, 'one');
  overlay.shell('mkdir away; echo more >> lost; echo more >> logs/copied; ln lost away/kept; ln lost away/twin');
  await using program = await holder(overlay, ['>/lost']);
  const files = await filesOf(overlay);
  const images = mkdtempSync(join(tmpdir(), 'hf-images-'));
  try {
    const inode = statSync(`/proc/${program.pid}/fd/3`, { bigint: true });
    const [root] = files.roots;
    if (root === undefined) throw new Error('no root');
    const tables = new Map([['rootfs', { table: await scanRoot(root, { treeTool, exclude: [] }) }]]);
    const lost = { original: '/lost', link: '/link_remap.1', inode, nearby: undefined };
    await recordLostNames(images, [lost], files.roots, tables, files);
    expect(JSON.parse(readFileSync(join(images, lostNamesFile), 'utf8'))).toEqual([{ link: '/link_remap.1', name: '/away/kept' }]);
    await expect(recordLostNames(images, [lost], files.roots, tables)).rejects.toMatchObject({ code: 'HF_DUMP_FAILED' });
    {
      await using _links = await relinkLostNames(images, files.roots, files);
      expect(lstatSync(`${overlay.merged}/link_remap.1`, { bigint: true }).ino).toBe(inode.ino);
    }
    expect(readdirSync(overlay.upper).sort()).toEqual(['away', 'logs', 'lost']);
  } finally {
    rmSync(images, { recursive: true });
  }
});
