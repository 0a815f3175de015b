import protobuf from 'protobufjs/minimal.js';

const [serviceMagic, statsMagic] = [0x55105940, 0x57093306];
const dumpField = 1;
/** Numbers of CRIU's `dump_stats_entry` that its readers require; times in microseconds. */
const fields = { freezing: 1, frozen: 2, memoryRead: 3, memoryWritten: 4, pagesScanned: 5, pagesSkipped: 6, pagesWritten: 7, pagesLazy: 9 } as const;

/**
 * CRIU's statistics of a dump with what Holdfast knows of them: how long the job stood still, and how many pages the snapshot holds. The others
 * are 0: CRIU's own file is not kept.
 */
export function encodeStatistics(freezeMs: number, memoryPages: number): Buffer {
  const known = new Map<number, number>([
    [fields.frozen, Math.min(Math.round(freezeMs * 1000), 0xffff_ffff)],
    [fields.pagesWritten, memoryPages],
  ]);
  const writer = protobuf.Writer.create()
    .uint32((dumpField << 3) | 2)
    .fork();
  for (const field of Object.values(fields)) writer.uint32(field << 3).uint64(known.get(field) ?? 0);
  const message = writer.ldelim().finish();
  const head = Buffer.alloc(12);
  head.writeUInt32LE(serviceMagic, 0);
  head.writeUInt32LE(statsMagic, 4);
  head.writeUInt32LE(message.length, 8);
  return Buffer.concat([head, message]);
}
