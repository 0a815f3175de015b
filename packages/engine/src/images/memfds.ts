import { damaged, messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';

const filesMagic = 0x56303138;
const inodesMagic = 0x48453499;
const fileFields = { memfd: 20 };
const memfdFields = { id: 1, inode: 5 };
const inodeFields = { name: 1, sharedId: 5, inode: 7 };

export interface MemfdSegment {
  readonly id: number;
  /** As it was given to memfd_create, bytes as latin1; many may have the same one. */
  readonly name: string;
}

/** The files of memory that a job has open or mapped. CRIU takes shared anonymous mappings for such files too. */
export interface Memfds {
  /** By the id of the open file, as an area of memory names it: the id of the segment. */
  readonly segmentOfFile: ReadonlyMap<number, number>;
  /** In the order in which CRIU met them: process by process, descriptor by descriptor. */
  readonly segments: readonly MemfdSegment[];
}

/** Decodes what `files.img` and `memfd.img` tell together. Throws with kind `corrupt`. */
export function decodeMemfds(files: Uint8Array, inodes: Uint8Array): Memfds {
  const segmentOfInode = new Map<number, MemfdSegment>();
  for (const message of messagesOf(inodes, 'memfd.img', inodesMagic)) {
    const { numbers, nested } = decodeFields(message, 'memfd.img');
    const [inode, id] = [numbers.get(inodeFields.inode), numbers.get(inodeFields.sharedId)];
    if (inode === undefined || id === undefined) throw damaged('memfd.img', 'it has a file without an id');
    segmentOfInode.set(inode, { id, name: Buffer.from(nested.get(inodeFields.name) ?? '').toString('latin1') });
  }
  const segmentOfFile = new Map<number, number>();
  for (const message of messagesOf(files, 'files.img', filesMagic)) {
    const memfd = decodeFields(message, 'files.img').nested.get(fileFields.memfd);
    if (memfd === undefined) continue;
    const { numbers } = decodeFields(memfd, 'files.img');
    const [id, segment] = [numbers.get(memfdFields.id), segmentOfInode.get(numbers.get(memfdFields.inode) ?? Number.NaN)];
    if (id === undefined || segment === undefined) throw damaged('files.img', 'it has a memfd that memfd.img does not know');
    segmentOfFile.set(id, segment.id);
  }
  return { segmentOfFile, segments: [...segmentOfInode.values()] };
}
