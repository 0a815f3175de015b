import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messagesOf } from './image-file.js';
import { decodeFields } from './message-fields.js';

const statsMagic = 0x57093306;

/** CRIU's own account of a dump. */
export interface DumpStats {
  readonly freezingMs: number;
  readonly frozenMs: number;
  readonly memoryReadMs: number;
  readonly memoryWrittenMs: number;
  readonly pagesScanned: number;
  /** That the parent has. */
  readonly pagesSkipped: number;
  readonly pagesWritten: number;
}

/** From the work folder, or where CRIU keeps it beside the images. Undefined where there is none or it cannot be read: it is but information. */
export async function readDumpStats(...folders: readonly string[]): Promise<DumpStats | undefined> {
  for (const folder of folders) {
    const bytes = await readFile(join(folder, 'stats-dump')).catch(() => undefined);
    if (bytes === undefined) continue;
    try {
      return decodeDumpStats(bytes);
    } catch {
      return undefined;
    }
  }
  return undefined;
}

const dumpField = 1;
/** Times in microseconds. */
const fields = { freezing: 1, frozen: 2, memoryRead: 3, memoryWritten: 4, pagesScanned: 5, pagesSkipped: 6, pagesWritten: 7 };

export function decodeDumpStats(bytes: Uint8Array): DumpStats | undefined {
  const name = 'stats-dump';
  const [message] = messagesOf(bytes, name, statsMagic);
  const dump = message === undefined ? undefined : decodeFields(message, name).nested.get(dumpField);
  if (dump === undefined) return undefined;
  const { numbers } = decodeFields(dump, name);
  const number = (field: number): number => numbers.get(field) ?? 0;
  return {
    freezingMs: number(fields.freezing) / 1000,
    frozenMs: number(fields.frozen) / 1000,
    memoryReadMs: number(fields.memoryRead) / 1000,
    memoryWrittenMs: number(fields.memoryWritten) / 1000,
    pagesScanned: number(fields.pagesScanned),
    pagesSkipped: number(fields.pagesSkipped),
    pagesWritten: number(fields.pagesWritten),
  };
}
