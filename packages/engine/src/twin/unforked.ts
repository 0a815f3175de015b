import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceExtent } from '@holdfast/core';
import { HoldfastError, pageSizeBytes } from '@holdfast/core/basics';
import { decodeUnforkedAreas } from '../images/unforked-areas.js';
import { decodePagemap } from '../images/pagemap.js';
import { commonRuns } from './page-runs.js';

/** Pages of one process that are not in its twin, in a file of their own. */
export interface UnforkedCopy {
  readonly path: string;
  /** Where each of them lies in the file; ascending. */
  readonly extents: readonly SourceExtent[];
}

/**
 * Copies what a fork takes no part of (MADV_DONTFORK) or empties (MADV_WIPEONFORK), as far as the dump in the folder has left it out, and of a covered one, which leaves
 * it out too, the kernel's code pages, where the twin has code of ours. The process must stand still meanwhile, its twin made. `pid`: as this machine numbers it;
 * `imagePid`: as CRIU's images do. Undefined where there is nothing of the kind.
 */
export async function copyUnforked(
  imagesDir: string,
  imagePid: number,
  pid: number,
  path: string,
  { covered = false }: { readonly covered?: boolean } = {},
): Promise<UnforkedCopy | undefined> {
  const [mmName, mapName] = [`mm-${imagePid}.img`, `pagemap-${imagePid}.img`];
  const { advised, kernelCode } = decodeUnforkedAreas(await readFile(join(imagesDir, mmName)), mmName);
  // A page map may be long, and is not looked at for nothing while the job stands still.
  const entries = advised.length === 0 ? [] : decodePagemap(await readFile(join(imagesDir, mapName)), mapName, { covered }).entries;
  const leftOut = entries.filter(({ present }) => !present);
  const runs = [...commonRuns(leftOut, advised), ...(covered ? kernelCode : [])].sort((left, right) => left.firstPage - right.firstPage);
  if (runs.length === 0) return undefined;
  let sourceOffset = 0;
  const extents = runs.map((run) => {
    const extent = { ...run, sourceOffset };
    sourceOffset += run.pageCount * pageSizeBytes;
    return extent;
  });
  await copyPages(`/proc/${pid}/mem`, path, extents);
  return { path, extents };
}

const pieceBytes = 4 * 1024 * 1024;

async function copyPages(memoryPath: string, path: string, extents: readonly SourceExtent[]): Promise<void> {
  await using memory = await open(memoryPath, 'r');
  await using target = await open(path, 'wx', 0o600);
  const buffer = Buffer.allocUnsafe(pieceBytes);
  for (const { firstPage, pageCount, sourceOffset } of extents) {
    const length = pageCount * pageSizeBytes;
    for (let done = 0; done < length; ) {
      const { bytesRead } = await memory.read(buffer, 0, Math.min(pieceBytes, length - done), firstPage * pageSizeBytes + done);
      if (bytesRead === 0) throw unreadable(memoryPath, firstPage * pageSizeBytes + done);
      await writeWhole(target, buffer.subarray(0, bytesRead), sourceOffset + done);
      done += bytesRead;
    }
  }
}

async function writeWhole(target: Awaited<ReturnType<typeof open>>, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await target.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

function unreadable(path: string, address: number): HoldfastError {
  return new HoldfastError('HF_DUMP_FAILED', {
    message: `memory at address 0x${address.toString(16)} cannot be read from ${path}`,
    kind: 'unexpected',
    retry: 'yes',
    operation: 'dump',
    hint: 'the next snapshot is taken as usual',
  });
}
