import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stats } from './criu-messages.js';
import { messagesOf } from './image-file.js';

const statsMagic = 0x57093306;

/** CRIU's own account of a dump. */
export interface DumpStats {
  readonly freezingMs: number;
  readonly frozenMs: number;
  readonly memoryReadMs: number;
  readonly memoryWrittenMs: number;
  readonly pagesScanned: number;
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

interface RawStats {
  readonly dump: Readonly<Record<'freezingTime' | 'frozenTime' | 'memdumpTime' | 'memwriteTime' | 'pagesScanned' | 'pagesWritten', number>> | null;
}

export function decodeDumpStats(bytes: Uint8Array): DumpStats | undefined {
  const [message] = messagesOf(bytes, 'stats-dump', statsMagic);
  if (message === undefined) return undefined;
  const { dump } = Stats.toObject(Stats.decode(message), { longs: Number, defaults: true }) as RawStats;
  if (dump === null) return undefined;
  return {
    freezingMs: dump.freezingTime / 1000,
    frozenMs: dump.frozenTime / 1000,
    memoryReadMs: dump.memdumpTime / 1000,
    memoryWrittenMs: dump.memwriteTime / 1000,
    pagesScanned: dump.pagesScanned,
    pagesWritten: dump.pagesWritten,
  };
}
