import type { RepositorySecrets } from '../encryption/repository-secrets.js';
import type { IndexEntry } from '../pack/pack-index.js';

export interface EncodeRequest {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly pageCount: number;
  /** False where the storage compresses by itself. */
  readonly compress: boolean;
  /** Ids of the blocks that hold older selves of the pages; the slot's plan names them page by page. */
  readonly bases: readonly string[];
}

export interface EncodeResponse {
  readonly codec: number;
  /** Of the slot's stored bytes. */
  readonly lengthBytes: number;
  /** Of a delta: which of the request's bases it stands on. */
  readonly usedBases: readonly number[];
}

export interface DecodeRequest {
  /** What the index of its pack says of the block. */
  readonly entry: Omit<IndexEntry, 'digest'>;
  readonly digest: string;
  /** The block as it lies in a pack, from the first byte on. */
  readonly stored: SharedArrayBuffer;
  /** Where its pages go; of a delta, the difference. Undefined: the block is only verified. */
  readonly pages: SharedArrayBuffer | undefined;
}

export interface DecodeResponse {
  readonly codec: number;
  /** A delta's plan. */
  readonly extra: Uint8Array;
}

/** Pages that follow each other in an open file of this process, and where they go in a slot. Bytes. */
export interface SlotPiece {
  readonly descriptor: number;
  readonly offset: number;
  readonly pageCount: number;
  readonly sourceOffset: number;
}

export interface HashRequest {
  /** How many windows the slot has. */
  readonly count: number;
  /** Where the slot's pages are read from first; undefined where they are there. */
  readonly reads?: readonly SlotPiece[] | undefined;
}

/** What a thread can be asked to do. */
export type Task =
  | { readonly name: 'encode'; readonly memory: SharedArrayBuffer; readonly request: EncodeRequest }
  | { readonly name: 'decode'; readonly request: DecodeRequest }
  | { readonly name: 'hash'; readonly memory: SharedArrayBuffer; readonly request: HashRequest };

export type TaskResult =
  | { readonly name: 'encode'; readonly response: EncodeResponse }
  | { readonly name: 'decode'; readonly response: DecodeResponse | undefined }
  | { readonly name: 'hash'; readonly response: boolean };

export interface TaskMessage {
  readonly number: number;
  readonly task: Task;
}

export interface TaskAnswer {
  readonly number: number;
  readonly result: TaskResult | { readonly name: 'failed'; readonly reason: string };
}

/** What a thread needs to know from the start; it never leaves this process. */
export type WorkerStart = RepositorySecrets;

export function isWorkerStart(value: unknown): value is WorkerStart {
  return typeof value === 'object' && value !== null && 'hash' in value && 'cipher' in value;
}
