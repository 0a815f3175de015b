import { HoldfastError } from '@holdfast/core';
import { encodeTarHeader, paddingBytes, type TarMember, tarBlockBytes } from './tar-header.js';

/** Where an archive goes. Each write resolves when the next one may come. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

const gatheredBytes = 1024 * 1024;

/** Writes members one after the other; small pieces are gathered, so memory stays at about 1 MiB whatever the sizes. */
export class TarWriter {
  readonly #sink: ByteSink;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #writtenBytes = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Rejects where the body has another size than the header says: the archive is worth nothing then. */
  async member(member: TarMember, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = []): Promise<void> {
    await this.#push(encodeTarHeader(member));
    let bodyBytes = 0;
    for await (const chunk of body) {
      bodyBytes += chunk.length;
      await this.#push(chunk);
    }
    if (bodyBytes !== member.sizeBytes) {
      throw new HoldfastError('HF_UNEXPECTED', {
        message: `the member ${member.name} has ${bodyBytes} bytes instead of ${member.sizeBytes}`,
        kind: 'unexpected',
        operation: 'export',
      });
    }
    await this.#push(Buffer.alloc(paddingBytes(bodyBytes)));
  }

  /** The two blocks of zeros that end an archive. */
  async end(): Promise<void> {
    await this.#push(Buffer.alloc(2 * tarBlockBytes));
    await this.#flush();
  }

  async #push(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= gatheredBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    const [first, ...rest] = this.#pending;
    if (first === undefined) return;
    this.#pending = [];
    this.#writtenBytes += this.#pendingBytes;
    this.#pendingBytes = 0;
    await this.#sink.write(rest.length === 0 ? first : Buffer.concat([first, ...rest]));
  }
}
