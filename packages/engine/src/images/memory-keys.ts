/** Keys of a snapshot's objects that hold what CRIU wrote. */
const memoryPrefix = 'memory/';
const imagePrefix = 'image/';

/** Of `pagemap-PID.img` and `pagemap-shmem-ID.img`: the key of the pages that it tells of. */
export function memoryKey(pagemapName: string): string {
  return `${memoryPrefix}${pagemapName.slice('pagemap-'.length, -'.img'.length)}`;
}

/** The reverse of `memoryKey`; undefined for other keys. */
export function pagemapName(key: string): string | undefined {
  return key.startsWith(memoryPrefix) ? `pagemap-${key.slice(memoryPrefix.length)}.img` : undefined;
}

export function imageKey(name: string): string {
  return `${imagePrefix}${name}`;
}

/** The reverse of `imageKey`; undefined for other keys. */
export function imageName(key: string): string | undefined {
  return key.startsWith(imagePrefix) ? key.slice(imagePrefix.length) : undefined;
}
