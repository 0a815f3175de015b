import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';
import { regularFileNames } from './regular-files.js';

/** A file that the job has open under a name that is gone, while another name of it is left. Paths as the job sees them, bytes as latin1. */
export interface LinkRemap {
  readonly original: string;
  /** The name that CRIU made for it during the dump and has removed since; a restore expects it. */
  readonly link: string;
}

const remapMagic = 0x59133954;
const remapFields = { original: 1, remap: 2, type: 3 };
const linkedType = 0;

/** The images' files of which CRIU made such names; empty for most jobs. */
export async function readLinkRemaps(imagesDirectory: string): Promise<readonly LinkRemap[]> {
  const remaps = await readFile(join(imagesDirectory, 'remap-fpath.img')).catch(() => undefined);
  return remaps === undefined ? [] : decodeLinkRemaps(remaps, await readFile(join(imagesDirectory, 'files.img')));
}

export function decodeLinkRemaps(remaps: Uint8Array, files: Uint8Array): readonly LinkRemap[] {
  const names = regularFileNames(files);
  return messagesOf(remaps, 'remap-fpath.img', remapMagic).flatMap((message) => {
    const { numbers } = decodeFields(message, 'remap-fpath.img');
    if ((numbers.get(remapFields.type) ?? linkedType) !== linkedType) return [];
    const original = names.get(numbers.get(remapFields.original) ?? -1);
    const link = names.get(numbers.get(remapFields.remap) ?? -1);
    return original === undefined || link === undefined ? [] : { original, link };
  });
}
