/** Keys of a snapshot's objects that hold what CRIU wrote. */
const memoryPrefix = 'memory/';
const imagePrefix = 'image/';

/** Of `pagemap-PID.img` and `pagemap-shmem-ID.img`: the key of the pages that it tells of, unless the snapshot's table of memory says otherwise. */
export function memoryKey(pagemapName: string): string {
  return `${memoryPrefix}${pagemapName.slice('pagemap-'.length, -'.img'.length)}`;
}

export function imageKey(name: string): string {
  return `${imagePrefix}${name}`;
}

/** The reverse of `imageKey`; undefined for other keys. */
export function imageName(key: string): string | undefined {
  return key.startsWith(imagePrefix) ? key.slice(imagePrefix.length) : undefined;
}
