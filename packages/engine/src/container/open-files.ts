import { constants } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import type { OpenFile } from '../files/tracked-root.js';

/**
 * Every regular file that one of the frozen processes can write to: open for writing, or mapped shared and writable. One entry for
 * a file, whoever has it open. Read while frozen; nothing here waits for another program.
 */
export async function openFilesOf(pids: readonly number[]): Promise<readonly OpenFile[]> {
  const files = new Map<string, OpenFile>();
  for (const file of (await Promise.all(pids.map(async (pid) => [...(await openByDescriptor(pid)), ...(await mappedShared(pid))]))).flat()) {
    const key = `${file.dev}:${file.ino}`;
    const known = files.get(key);
    files.set(key, known === undefined ? file : merge(known, file));
  }
  return [...files.values()];
}

function merge(one: OpenFile, other: OpenFile): OpenFile {
  return {
    ...one,
    access: one.access === 'append' && other.access === 'append' ? 'append' : 'write',
    mappedSharedWritable: one.mappedSharedWritable || other.mappedSharedWritable,
  };
}

async function openByDescriptor(pid: number): Promise<readonly OpenFile[]> {
  const folder = `/proc/${pid}/fd`;
  const found = await Promise.all(
    (await readdir(folder).catch(() => [])).map(async (name) => {
      const flags = openFlags(await readFile(`/proc/${pid}/fdinfo/${name}`, 'latin1').catch(() => ''));
      if (flags === undefined || !canWrite(flags)) return undefined;
      return describe(`${folder}/${name}`, { access: (flags & constants.O_APPEND) === 0 ? 'write' : 'append', mappedSharedWritable: false });
    }),
  );
  return found.filter((file) => file !== undefined);
}

/** /proc/PID/maps tells which mappings are shared and writable, /proc/PID/map_files leads to the file itself. */
async function mappedShared(pid: number): Promise<readonly OpenFile[]> {
  const maps = parseSharedWritable(await readFile(`/proc/${pid}/maps`, 'latin1').catch(() => ''));
  const found = await Promise.all(maps.map((range) => describe(`/proc/${pid}/map_files/${range}`, { access: 'write', mappedSharedWritable: true })));
  return found.filter((file) => file !== undefined);
}

/** `flags:` of fdinfo is octal. */
export function openFlags(fdinfo: string): number | undefined {
  const match = /^flags:\s+([0-7]+)$/m.exec(fdinfo);
  return match?.[1] === undefined ? undefined : Number.parseInt(match[1], 8);
}

function canWrite(flags: number): boolean {
  const access = flags & (constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR);
  return access === constants.O_WRONLY || access === constants.O_RDWR;
}

/** Address ranges, as map_files names them, of file mappings with `rw?s`. Anonymous shared memory has a path of the kernel's own. */
export function parseSharedWritable(maps: string): readonly string[] {
  return maps.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) .w.s [0-9a-f]+ \S+ ([1-9]\d*)\s+(\/.*)$/.exec(line);
    if (match === null || /^\/(?:dev\/zero|SYSV[0-9a-f]+|memfd:)/.test(match[4] ?? '')) return [];
    return `${withoutZeros(match[1])}-${withoutZeros(match[2])}`;
  });
}

function withoutZeros(hexadecimal: string | undefined): string {
  return (hexadecimal ?? '').replace(/^0+(?=.)/, '');
}

const deletedMark = ' (deleted)';

async function describe(link: string, access: Pick<OpenFile, 'access' | 'mappedSharedWritable'>): Promise<OpenFile | undefined> {
  try {
    const [about, target] = await Promise.all([stat(link, { bigint: true }), readlink(link, 'utf8')]);
    if (!about.isFile() || !target.startsWith('/')) return undefined;
    // A name that really ends so has its file under it; one that was removed has not.
    const deleted = target.endsWith(deletedMark);
    return {
      dev: about.dev,
      ino: about.ino,
      path: deleted ? target.slice(0, -deletedMark.length) : target,
      sizeBytes: Number(about.size),
      deleted,
      nlink: Number(about.nlink),
      ...access,
    };
  } catch {
    // Closed, or not a file of a file system.
    return undefined;
  }
}
