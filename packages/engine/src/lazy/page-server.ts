import type { Socket } from 'node:net';
import type { PageChunk, PagedReader } from '@holdfast/core';
import { chunkPages, pageSizeBytes } from '@holdfast/core/basics';
import { ChunkQueue, type WantedChunk } from './chunk-queue.js';
import { encodeHead, PagerWords, type PagerWord } from './feed-messages.js';
import type { PageService, ServedPages, ServeOptions } from './lazy-reader.js';
import { connectPager, pagerGone } from './pager-connection.js';
import { Touched } from './touched.js';

/** Chunks that are filled and sent at once: one is sent while another is filled. */
const lanes = 2;
/** Windows that somebody waits for and that are read at once. */
const answers = 4;
/** Chunks being decoded ahead of the lanes, by threads. */
const chunksAhead = 24;
const windowPages = 16;
const tellMs = 200;
const idleMs = 1_000;

/** `LazyReader.servePages`, where the repository is. */
export async function servePages(reader: PagedReader, service: PageService, options: ServeOptions = {}): Promise<ServedPages> {
  const socket = await connectPager(service.folder, options.signal);
  const server = new PageServer(reader, service, socket, options);
  try {
    return await server.served;
  } finally {
    socket.destroy();
    await server.idle();
  }
}

interface PreparedChunk {
  readonly wanted: WantedChunk;
  readonly chunk: PageChunk;
}

class PageServer {
  readonly served: Promise<ServedPages>;
  readonly #reader: PagedReader;
  readonly #keys: ReadonlyMap<number, string>;
  readonly #socket: Socket;
  readonly #queue: ChunkQueue;
  readonly #touched = new Touched();
  readonly #prepared: PreparedChunk[] = [];
  /** Windows that somebody waits for, and those that were sent for that reason. */
  readonly #faults: { readonly pid: number; readonly window: number }[] = [];
  readonly #answered = new Set<string>();
  readonly #onProgress: ServeOptions['onProgress'];
  readonly #fail: (error: unknown) => void;
  readonly #work = new Set<Promise<void>>();
  #answering = 0;
  #sending = 0;
  #filling = 0;
  #missingPages = 0;
  #sentPages = 0;
  #lastTold = 0;
  #over = false;

  constructor(reader: PagedReader, { processes, first }: PageService, socket: Socket, { signal, onProgress }: ServeOptions) {
    this.#reader = reader;
    this.#keys = new Map(processes.map(({ pid, key }) => [pid, key]));
    this.#socket = socket;
    this.#queue = new ChunkQueue(first);
    this.#onProgress = onProgress;
    const { promise, resolve, reject } = Promise.withResolvers<ServedPages>();
    this.#fail = reject;
    const words = new PagerWords();
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    socket.on('data', (bytes: Buffer) => {
      try {
        for (const word of words.take(bytes))
          if (word.kind === 'complete') resolve({ touched: this.#touched.chunks });
          else this.#hear(word);
      } catch (error) {
        reject(error);
      }
    });
    socket.on('error', (cause) => reject(pagerGone('is gone', cause)));
    socket.on('close', () => reject(pagerGone('is gone')));
    // It may have gone before anybody listened.
    if (socket.destroyed) reject(pagerGone('is gone'));
    // A read that hangs keeps this from being told, and whoever listens gives this process up.
    const idle = setInterval(() => this.#filling === 0 && this.#tell(0), idleMs);
    this.served = promise.finally(() => {
      this.#over = true;
      clearInterval(idle);
      signal?.removeEventListener('abort', abort);
    });
  }

  /** Resolves when nothing is being read any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#work);
  }

  #hear({ kind, pid, firstPage, pageCount }: PagerWord): void {
    if (kind === 'need') {
      this.#missingPages += pageCount;
      this.#queue.need(pid, { firstPage, pageCount });
    } else if (kind === 'fault') {
      this.#touched.note(pid, firstPage);
      this.#queue.hurry(pid, firstPage);
      this.#fault(pid, Math.floor(firstPage / windowPages));
    } else if (kind === 'running') {
      this.#touched.begin();
      this.#sending = lanes;
      for (let lane = 0; lane < lanes; lane += 1) this.#begin(this.#send());
    }
  }

  #fault(pid: number, window: number): void {
    const name = `${pid} ${window}`;
    if (this.#answered.has(name)) return;
    this.#answered.add(name);
    this.#faults.push({ pid, window });
    if (this.#answering < answers) this.#begin(this.#answer());
  }

  #begin(work: Promise<void>): void {
    const settled: Promise<void> = work.catch(this.#fail).finally(() => this.#work.delete(settled));
    this.#work.add(settled);
  }

  /** The windows alone: the rest of their chunks comes after. */
  async #answer(): Promise<void> {
    this.#answering += 1;
    const buffer = Buffer.allocUnsafeSlow(windowPages * pageSizeBytes);
    for (let fault = this.#faults.shift(); fault !== undefined && !this.#over; fault = this.#faults.shift()) {
      const key = this.#keys.get(fault.pid);
      if (key !== undefined) await this.#sendChunk(fault.pid, this.#reader.chunk(key, fault.window * windowPages, windowPages), buffer);
    }
    this.#answering -= 1;
  }

  async #send(): Promise<void> {
    const buffer = Buffer.allocUnsafeSlow(chunkPages * pageSizeBytes);
    for (let next = this.#next(); next !== undefined && !this.#over; next = this.#next()) await this.#sendChunk(next.wanted.pid, next.chunk, buffer);
    this.#sending -= 1;
    this.#tellAll();
  }

  #next(): PreparedChunk | undefined {
    while (this.#prepared.length < chunksAhead) {
      const wanted = this.#queue.take();
      if (wanted === undefined) break;
      const key = this.#keys.get(wanted.pid);
      if (key === undefined) continue;
      const chunk = this.#reader.chunk(key, wanted.firstPage, chunkPages);
      chunk.ahead();
      if (wanted.urgent === true) this.#prepared.unshift({ wanted, chunk });
      else this.#prepared.push({ wanted, chunk });
    }
    return this.#prepared.shift();
  }

  async #sendChunk(pid: number, chunk: PageChunk, buffer: Buffer): Promise<void> {
    this.#filling += 1;
    try {
      const runs = await chunk.fill(buffer);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#socket.cork();
      for (const { firstPage, pageCount, offset } of runs) {
        this.#socket.write(encodeHead(offset === undefined ? 'zeros' : 'pages', pid, { firstPage, pageCount }));
        if (offset !== undefined) this.#socket.write(buffer.subarray(offset, offset + pageCount * pageSizeBytes));
      }
      // Told, with or without an error, once the buffer is free; an error is the socket's to tell.
      this.#socket.write(Buffer.alloc(0), () => resolve());
      this.#socket.uncork();
      await promise;
      this.#tell(runs.reduce((sum, { pageCount }) => sum + pageCount, 0));
    } finally {
      this.#filling -= 1;
      await chunk.end();
    }
    this.#tellAll();
  }

  /** Where something is missing all the same, the pager asks for it by another connection. */
  #tellAll(): void {
    if (this.#touched.hasBegun && this.#sending === 0 && this.#filling === 0 && !this.#over)
      this.#socket.write(encodeHead('all', 0, { firstPage: 0, pageCount: 0 }));
  }

  #tell(pages: number): void {
    this.#sentPages += pages;
    const now = performance.now();
    if (pages > 0 && now - this.#lastTold < tellMs) return;
    this.#lastTold = now;
    this.#onProgress?.(Math.min(this.#sentPages, this.#missingPages) * pageSizeBytes, this.#missingPages * pageSizeBytes);
  }
}
