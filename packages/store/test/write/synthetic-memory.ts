import { readFileSync } from 'node:fs';
import { pageSizeBytes } from '@holdfast/core';
import { createFileOperations, type FileOperations, type OpenFile, openRepositoryWith } from '@holdfast/store/internal';

/**
 * One step with an address space of any size, in a process of its own; prints what it took. `dense`: no page is zero. `mixed`: of eight pages one is not.
 * By hand: node packages/store/test/write/synthetic-memory.ts ROOT (save|restore) (dense|mixed) VERSION GIB
 */
const syntheticFolder = '/synthetic/';
const template = Buffer.alloc(pageSizeBytes, 'a job has pages that are much like each other ');
const [root = '', step = '', shape = '', version = '', gibibytes = ''] = process.argv.slice(2);
const pages = (Number(gibibytes) * 2 ** 30) / pageSizeBytes;
const startedAt = performance.now();
await using store = await openRepositoryWith({ root, create: true }, { files: syntheticFiles() });
const report = step === 'save' ? await save() : await restore();
const { userCPUTime, systemCPUTime } = process.resourceUsage();
process.stdout.write(
  `${JSON.stringify({ ...report, peakMebibytes: peakMebibytes(), seconds: seconds(performance.now() - startedAt), cpuSeconds: seconds((userCPUTime + systemCPUTime) / 1000) })}\n`,
);

async function save(): Promise<object> {
  const epoch = await store.claim('job', { attempt: `v${version}`, host: 'h', pid: process.pid }, { kind: 'newest' });
  await using writer = await store.begin(epoch, epoch.from);
  const { changedPages } = await writer.put({
    key: 'memory/1',
    kind: 'memory',
    sizeBytes: pages * pageSizeBytes,
    source: { kind: 'path', path: `${syntheticFolder}pages` },
    extents: [{ firstPage: 0x7f00_0003, pageCount: pages, sourceOffset: 0 }],
  });
  const { summary } = await writer.commit({});
  return { changedPages, storedBytes: summary.storedBytes };
}

async function restore(): Promise<object> {
  await using reader = await store.open({ job: 'job', number: Number(version) });
  await reader.write('memory/1', `${syntheticFolder}rebuilt`, 'packed');
  return {};
}

/** Of this program alone: what `resourceUsage` tells begins with the memory of the process that started this one. */
function peakMebibytes(): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Math.round(Number(kibibytes) / 1024);
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

/** What lies below the folder is made up as it is read and lost as it is written; everything else is real. */
function syntheticFiles(): FileOperations {
  const real = createFileOperations();
  return {
    ...real,
    open: async (path, access) => {
      if (typeof path !== 'string' || !path.startsWith(syntheticFolder)) return await real.open(path, access);
      return access === 'create' ? lost() : { ...lost(), read: (target, position) => Promise.resolve(makeUp(target, position)) };
    },
    remove: async (path) => {
      if (typeof path !== 'string' || !path.startsWith(syntheticFolder)) await real.remove(path);
    },
  };
}

function makeUp(target: Uint8Array, position: number): number {
  const bytes = Buffer.from(target.buffer, target.byteOffset, target.byteLength);
  for (let offset = 0; offset < bytes.length; offset += pageSizeBytes) makeUpPage(bytes, offset, (position + offset) / pageSizeBytes);
  return bytes.length;
}

/** Pages that are alike but for their number, and for the version in one of twenty runs of 64. */
function makeUpPage(bytes: Buffer, offset: number, page: number): void {
  if (shape === 'mixed' && Math.imul(page + 1, 0x9e37_79b1) >>> 29 !== 0) {
    bytes.fill(0, offset, offset + pageSizeBytes);
    return;
  }
  template.copy(bytes, offset, 0, pageSizeBytes);
  bytes.writeDoubleLE(page + 1, offset);
  if (Math.floor(page / 64) % 20 === 0) bytes.writeUInt32LE(Number(version), offset + 8);
}

function lost(): OpenFile {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    read: () => Promise.resolve(0),
    write: (bytes) => Promise.resolve(bytes.length),
    truncate: nothing,
    sync: nothing,
    info: () => Promise.resolve({ type: 'file' as const, sizeBytes: 0, links: 1, modifiedMs: 0 }),
    close: nothing,
  };
}
