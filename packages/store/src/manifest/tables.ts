import { ByteReader, MalformedBytes } from '../codec/byte-reader.js';
import { ByteWriter } from '../codec/byte-writer.js';
import { parsePackName } from '../files/names.js';
import { isJobName } from '../job-name.js';
import { blockIdBytes } from '../pack/block.js';
import type { BlockTable, PackHint } from './manifest.js';

/** The packs section: job names once, packs with the ordinal of their job. */
export function encodePacks(job: string, packs: readonly PackHint[]): Buffer {
  const jobs = [...new Set([job, ...packs.map((hint) => hint.job)])];
  const writer = new ByteWriter().varint(jobs.length);
  for (const name of jobs) writer.text(name);
  writer.varint(packs.length);
  for (const { job: owner, pack } of packs) writer.varint(jobs.indexOf(owner)).text(pack);
  return writer.view();
}

/** Names are parsed: they become paths. */
export function decodePacks(bytes: Buffer, job: string): readonly PackHint[] {
  const reader = new ByteReader(bytes);
  const jobs = Array.from({ length: reader.count(2) }, () => reader.text(reader.varint()));
  if (jobs[0] !== job || !jobs.every(isJobName)) throw new MalformedBytes('its table of jobs is wrong');
  const packs = Array.from({ length: reader.count(3) }, () => {
    const owner = jobs[reader.varint()];
    const pack = reader.text(reader.varint());
    if (owner === undefined || parsePackName(pack) === undefined) throw new MalformedBytes(`it names the pack ${JSON.stringify(pack)}`);
    return { job: owner, pack };
  });
  reader.finish('the packs');
  return packs;
}

export function encodeBlocks(table: BlockTable): Buffer {
  const writer = new ByteWriter(table.ids.length + 2 * table.length + 8).varint(table.length).bytes(table.ids);
  for (const pack of table.packOf) writer.varint(pack);
  writer.varint(table.bases.length / 2);
  for (const ordinal of table.bases) writer.varint(ordinal);
  return writer.view();
}

export function decodeBlocks(bytes: Buffer, packs: readonly PackHint[]): BlockTable {
  const reader = new ByteReader(bytes);
  const length = reader.count(blockIdBytes + 1);
  const ids = reader.bytes(length * blockIdBytes);
  const packOf = new Uint32Array(length);
  for (let ordinal = 0; ordinal < length; ordinal += 1) {
    const pack = reader.varint();
    if (pack >= packs.length) throw new MalformedBytes('it has a block in no pack');
    packOf[ordinal] = pack;
  }
  const bases = Array.from({ length: reader.count(2) * 2 }, () => reader.varint());
  if (bases.some((ordinal) => ordinal >= length)) throw new MalformedBytes('it has a delta without its base');
  reader.finish('the blocks');
  return { length, ids, packOf, packs, bases };
}
