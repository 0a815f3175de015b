import { archiveCorrupt, archiveForeign } from './archive-errors.js';
import { ByteQueue } from './byte-queue.js';
import { decodeTarHeader, paddingBytes, type TarHeader, tarBlockBytes } from './tar-header.js';

export interface TarEntry extends TarHeader {
  /** Once, and before the next member is asked for; what is not read is passed over. */
  readonly body: AsyncIterable<Buffer>;
}

/** They say more about the member that follows; the plain headers say all that this program goes by. */
const extensions: ReadonlySet<string> = new Set([
  'ExtendedHeader',
  'OldExtendedHeader',
  'GlobalExtendedHeader',
  'NextFileHasLongPath',
  'NextFileHasLongLinkpath',
  'OldGnuLongPath',
]);

/**
 * The members of an archive by the names in their plain headers, never more than a chunk of the source in memory. Rejects with
 * HF_ARCHIVE_FOREIGN where it does not begin as a tar file does, with HF_ARCHIVE_CORRUPT where it is damaged or ends early.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  await using queue = new ByteQueue(source);
  for (let number = 0; ; number += 1) {
    const block = await queue.take(tarBlockBytes);
    if (block === undefined) throw number === 0 ? archiveForeign('it is shorter than a tar file can be') : archiveCorrupt('it ends early');
    const header = firstOrNext(block, number);
    if (header === undefined) return;
    const body = bodyOf(queue, header.sizeBytes);
    if (!extensions.has(header.type)) yield { ...header, body };
    for await (const _ of body);
    if ((await queue.take(paddingBytes(header.sizeBytes))) === undefined) throw archiveCorrupt('it ends early');
  }
}

function firstOrNext(block: Buffer, number: number): TarHeader | undefined {
  try {
    return decodeTarHeader(block);
  } catch (error) {
    throw number === 0 ? archiveForeign('it does not begin as a tar file does') : error;
  }
}

/** Goes on where it was left when it is asked for again. */
function bodyOf(queue: ByteQueue, sizeBytes: number): AsyncIterable<Buffer> {
  let left = sizeBytes;
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        if (left === 0) return { done: true, value: undefined };
        const value = await queue.some(left);
        if (value === undefined) throw archiveCorrupt('it ends early');
        left -= value.length;
        return { done: false, value };
      },
    }),
  };
}
