import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';

const filesMagic = 0x56303138;
const fileFields = { regular: 3 };
const regularFields = { id: 1, name: 6 };

/** The paths of the files that the job has open or mapped, as it sees them; bytes as latin1. */
export async function readRegularFiles(imagesDirectory: string): Promise<readonly string[]> {
  return [...regularFileNames(await readFile(join(imagesDirectory, 'files.img'))).values()];
}

/** By the id of the open file. Throws with kind `corrupt`. */
export function regularFileNames(files: Uint8Array): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const message of messagesOf(files, 'files.img', filesMagic)) {
    const regular = decodeFields(message, 'files.img').nested.get(fileFields.regular);
    if (regular === undefined) continue;
    const { numbers, nested } = decodeFields(regular, 'files.img');
    const [id, name] = [numbers.get(regularFields.id), nested.get(regularFields.name)];
    if (id !== undefined && name !== undefined) names.set(id, Buffer.from(name).toString('latin1'));
  }
  return names;
}
