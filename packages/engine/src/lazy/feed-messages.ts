import type { PageRun } from '@holdfast/core';
import { pageSizeBytes } from '@holdfast/core/basics';

/** Of a message between holdfast-pager and the page server, native/pager.h: kind, pid, address, pages; pages may follow. */
export const headBytes = 24;

const pagerKinds = ['need', 'told', 'running', 'fault', 'complete'] as const;
const sent = { pages: 16, zeros: 17, all: 18 } as const;

/**
 * What the pager says. `need`: pages that are missing. `told`: those were all. `running`: the job runs. `fault`: somebody waits for a page. `complete`:
 * nothing is missing. Addresses are those of the snapshot.
 */
export interface PagerWord extends PageRun {
  readonly kind: (typeof pagerKinds)[number];
  readonly pid: number;
}

/** Takes whole messages out of what came so far; throws for what no pager says. */
export class PagerWords {
  #rest: Buffer = Buffer.alloc(0);

  *take(bytes: Buffer): Generator<PagerWord> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    for (; at + headBytes <= this.#rest.length; at += headBytes) yield decode(this.#rest.subarray(at, at + headBytes));
    this.#rest = this.#rest.subarray(at);
  }
}

function decode(head: Buffer): PagerWord {
  const kind = pagerKinds[head.readUInt32LE(0) - 1];
  if (kind === undefined) throw new TypeError(`the pager says ${head.readUInt32LE(0)}`);
  return { kind, pid: head.readUInt32LE(4), firstPage: Number(head.readBigUInt64LE(8)) / pageSizeBytes, pageCount: Number(head.readBigUInt64LE(16)) };
}

/** The head of pages that follow, of zeros, or of the word that everything was sent. */
export function encodeHead(kind: keyof typeof sent, pid: number, { firstPage, pageCount }: PageRun): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt32LE(sent[kind], 0);
  head.writeUInt32LE(pid, 4);
  head.writeBigUInt64LE(BigInt(firstPage) * BigInt(pageSizeBytes), 8);
  head.writeBigUInt64LE(BigInt(pageCount), 16);
  return head;
}
