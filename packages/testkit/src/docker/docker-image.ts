import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linkedWith, programFiles } from './program-files.js';
import { runCommand } from './run-command.js';

/** What an image holds beside busybox under all its names. */
export interface ImageContent {
  /** Programs of this machine, by name or path; with the libraries that they are linked with. */
  readonly programs?: readonly string[];
  /** Folders and files of this machine, at the same paths. */
  readonly paths?: readonly string[];
  /** Python with its standard library. */
  readonly python?: boolean;
  /** As `docker import --change` takes it: `USER 1000`, `ENTRYPOINT [...]`. */
  readonly changes?: readonly string[];
}

interface Importer {
  readonly folder: string;
  docker(parameters: readonly string[]): Promise<string>;
}

/** Makes the image of files of this machine: none is downloaded. */
export async function importImage(node: Importer, programs: string, name: string, content: ImageContent = {}): Promise<void> {
  const work = await mkdtemp(join(node.folder, 'image-'));
  try {
    const [tree, archive, list] = [join(work, 'tree'), join(work, 'image.tar'), join(work, 'list')];
    const wanted = [...(content.python === true ? [python] : []), ...(content.programs ?? [])];
    const files = new Set([...(await programFiles(wanted)), ...(content.python === true ? await pythonFiles() : []), ...(content.paths ?? [])]);
    await baseTree(tree, join(programs, 'busybox'));
    // Docker takes no archive that has a path twice: what is asked for goes before busybox's names.
    for (const file of files) await rm(join(tree, file), { force: true });
    // The same on each node: an image is known by what is in it.
    await tar('--create', '--sort=name', '--mtime=@0', '--file', archive, '--directory', tree, '.');
    if (files.size > 0) {
      await writeFile(list, [...files].map((file) => `${file.replace(/^\/+/, '')}\n`).join(''));
      // What links point to, under the links' names: an image needs no second path to a library.
      await tar('--append', '--dereference', '--hard-dereference', '--file', archive, ...leftOut, '--directory', '/', '--files-from', list);
    }
    await node.docker(['import', ...(content.changes ?? []).flatMap((change) => ['--change', change]), archive, name]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The system's, not one that a user has built. */
const python = '/usr/bin/python3';
const leftOut = ['test', 'idlelib', 'lib2to3', 'ensurepip', 'dist-packages', 'site-packages', 'config-*'].map((each) => `--exclude=python3*/${each}`);

async function baseTree(tree: string, busybox: string): Promise<void> {
  for (const folder of ['bin', 'etc', 'proc', 'sys', 'dev', 'root', 'var', 'usr', 'mnt'])
    await mkdir(join(tree, folder), { recursive: true, mode: 0o755 });
  await mkdir(join(tree, 'tmp'));
  // Not by mkdir's mode, which the umask cuts.
  await succeed(['chmod', '1777', join(tree, 'tmp')]);
  await succeed(['cp', busybox, join(tree, 'bin/busybox')]);
  await succeed(['chmod', '755', join(tree, 'bin/busybox')]);
  const names = (await succeed([busybox, '--list'])).split('\n').filter((each) => each !== '' && each !== 'busybox');
  await Promise.all(names.map((each) => symlink('busybox', join(tree, 'bin', each))));
  await writeFile(join(tree, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\n');
  await writeFile(join(tree, 'etc/group'), 'root:x:0:\nuser:x:1000:\n');
}

/** The standard library, and what its compiled modules are linked with. */
async function pythonFiles(): Promise<readonly string[]> {
  const library = (await succeed([python, '-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'])).trim();
  const modules = (await readdir(join(library, 'lib-dynload'))).map((name) => join(library, 'lib-dynload', name));
  return [library, ...(await linkedWith(modules))];
}

async function tar(...parameters: readonly string[]): Promise<void> {
  await succeed(['tar', ...parameters]);
}

async function succeed(command: readonly [string, ...string[]]): Promise<string> {
  const { status, stdout, stderr } = await runCommand(command, { environment: process.env });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
