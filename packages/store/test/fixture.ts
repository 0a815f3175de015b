import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRepository, type RepositoryOptions } from '@holdfast/store';
import type { CheckpointStoreFixture } from '@holdfast/testkit/checkpoint-store';
import { expect } from 'vitest';

export interface TemporaryPlace extends AsyncDisposable {
  readonly root: string;
  readonly scratch: string;
}

/** An empty root and an empty scratch directory. */
export async function temporaryPlace(): Promise<TemporaryPlace> {
  const directory = await mkdtemp(join(tmpdir(), 'hf-store-'));
  const [root, scratch] = [join(directory, 'root'), join(directory, 'scratch')];
  await mkdir(root);
  await mkdir(scratch);
  return { root, scratch, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

/** A user's key; the tests' own. */
export const encryptionKey: Uint8Array = Uint8Array.from({ length: 32 }, (_none, at) => (at * 37 + 200) % 256);

/** A repository for one case of the contract. */
export async function emptyRepository(options: Pick<RepositoryOptions, 'encryptionKey' | 'hash'> = {}): Promise<CheckpointStoreFixture> {
  const place = await temporaryPlace();
  const { root, scratch } = place;
  return { open: () => openRepository({ root, create: true, ...options }), scratch, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

/** Matches a text that contains this, for use inside of toMatchObject. */
export function saying(text: string | RegExp): unknown {
  return expect.stringMatching(text);
}
