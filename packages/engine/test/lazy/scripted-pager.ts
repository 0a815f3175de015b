import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const headBytes = 24;
const kinds = { need: 1, told: 2, running: 3, fault: 4, complete: 5 } as const;

export interface Received {
  readonly kind: 'pages' | 'zeros' | 'all';
  readonly pid: number;
  readonly firstPage: number;
  readonly pageCount: number;
  readonly bytes: Buffer;
}

/** The pager's side of the feed, as a test has it speak. */
export class ScriptedPager implements AsyncDisposable {
  readonly folder: string;
  readonly received: Received[] = [];
  readonly #server: Server;
  readonly #connected: (socket: Socket, pager: ScriptedPager) => void;
  #socket: Socket | undefined;
  #rest: Buffer = Buffer.alloc(0);
  onReceived: (received: Received) => void = () => undefined;

  private constructor(folder: string, connected: (socket: Socket, pager: ScriptedPager) => void) {
    this.folder = folder;
    this.#connected = connected;
    this.#server = createServer((socket) => {
      this.#socket = socket;
      this.#rest = Buffer.alloc(0);
      socket.on('data', (bytes) => this.#take(bytes));
      socket.on('error', () => undefined);
      this.#connected(socket, this);
    });
  }

  static async start(connected: (socket: Socket, pager: ScriptedPager) => void): Promise<ScriptedPager> {
    const pager = new ScriptedPager(await mkdtemp(join(tmpdir(), 'holdfast-pager-')), connected);
    await new Promise<void>((resolve) => pager.#server.listen(join(pager.folder, 'feed.socket'), resolve));
    return pager;
  }

  say(kind: keyof typeof kinds, pid = 0, firstPage = 0, pageCount = 0): void {
    const head = Buffer.alloc(headBytes);
    head.writeUInt32LE(kinds[kind], 0);
    head.writeUInt32LE(pid, 4);
    head.writeBigUInt64LE(BigInt(firstPage) * 4096n, 8);
    head.writeBigUInt64LE(BigInt(pageCount), 16);
    this.#socket?.write(head);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.folder, { recursive: true });
  }

  #take(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= headBytes) {
      const kind = this.#rest.readUInt32LE(0);
      const pageCount = Number(this.#rest.readBigUInt64LE(16));
      const lengthBytes = kind === 16 ? pageCount * 4096 : 0;
      if (this.#rest.length < headBytes + lengthBytes) return;
      const received: Received = {
        kind: kind === 16 ? 'pages' : kind === 17 ? 'zeros' : 'all',
        pid: this.#rest.readUInt32LE(4),
        firstPage: Number(this.#rest.readBigUInt64LE(8)) / 4096,
        pageCount,
        bytes: Buffer.from(this.#rest.subarray(headBytes, headBytes + lengthBytes)),
      };
      this.#rest = this.#rest.subarray(headBytes + lengthBytes);
      this.received.push(received);
      this.onReceived(received);
    }
  }
}
