import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
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

/** A repository for one case of the contract. */
export async function emptyRepository(): Promise<CheckpointStoreFixture> {
  const place = await temporaryPlace();
  const { root, scratch } = place;
  return { open: () => openRepository({ root, create: true }), scratch, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

/** Matches a text that contains this, for use inside of toMatchObject. */
export function saying(text: string | RegExp): unknown {
  return expect.stringMatching(text);
}
