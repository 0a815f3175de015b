import type { RepositorySecrets } from '../encryption/repository-secrets.js';

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
}

/** What a thread can be asked to do with a slot. */
export type Task = { readonly name: 'encode'; readonly request: EncodeRequest };

export type TaskResult = { readonly name: 'encode'; readonly response: EncodeResponse };

export interface TaskMessage {
  readonly number: number;
  readonly memory: SharedArrayBuffer;
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
