import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import { pageSizeBytes } from '@holdfast/core/basics';
import { imageBytes } from '../images/image-file.js';
import { entryFields, entryFlags, headFields, pagemapMagic } from '../images/pagemap.js';

const inventoryMagic = 0x58313116;
const inventoryFields = { version: 1, dumpedAtUs: 8 };
/** In the far future, else CRIU takes a process for a new one under an old number, and dumps it whole. */
const dumpedAtUs = Number.MAX_SAFE_INTEGER;
const pagesId = 1;
/** No process has memory below, and none above. */
const [firstPage, endPage] = [16, 2 ** 35 - 16];

/** The folder of a parent image that has every page of every process in it, and no byte. */
export async function makeCover(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const inventory = protobuf.Writer.create()
    .uint32(inventoryFields.version << 3)
    .uint32(1)
    .uint32(inventoryFields.dumpedAtUs << 3)
    .uint64(dumpedAtUs);
  await writeFile(join(folder, 'inventory.img'), imageBytes(inventoryMagic, [inventory.finish()], true), { mode: 0o600 });
  await writeFile(join(folder, `pages-${pagesId}.img`), '', { mode: 0o600 });
}

/** Covers one process more; a process without is dumped whole. `imagePid`: as CRIU's images number it. */
export async function coverProcess(folder: string, imagePid: number): Promise<void> {
  await writeFile(join(folder, `pagemap-${imagePid}.img`), coverPagemap, { mode: 0o600 });
}

const coverPagemap = imageBytes(pagemapMagic, [
  protobuf.Writer.create()
    .uint32(headFields.pagesId << 3)
    .uint32(pagesId)
    .finish(),
  protobuf.Writer.create()
    .uint32(entryFields.address << 3)
    .uint64(firstPage * pageSizeBytes)
    .uint32(entryFields.oldCount << 3)
    .uint32(0)
    .uint32(entryFields.flags << 3)
    .uint32(entryFlags.present)
    .uint32(entryFields.count << 3)
    .uint64(endPage - firstPage)
    .finish(),
]);
