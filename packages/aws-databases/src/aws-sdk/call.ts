import type { CallOptions } from '@holdfast/core';
import { type FailedCall, fromAwsError, isAbsent, isAlreadyThere } from '../errors.js';

/** The abort of a call, as the SDK takes it. */
export function sendOptions({ signal }: CallOptions): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** Errors come out as Holdfast's. */
export async function asked<T>(what: FailedCall, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw fromAwsError(error, what);
  }
}

/** Absence is undefined. */
export async function found<T>(what: FailedCall, run: () => Promise<T | undefined>): Promise<T | undefined> {
  return asked(what, async () => orUndefined(run, isAbsent));
}

/** One that is there already is `exists`. */
export async function created<T>(what: FailedCall, run: () => Promise<T>): Promise<T | 'exists'> {
  return asked(what, async () => (await orUndefined(run, isAlreadyThere)) ?? 'exists');
}

/** What is not there is as good as removed. */
export async function removed(what: FailedCall, run: () => Promise<unknown>): Promise<void> {
  await asked(what, async () => orUndefined(run, isAbsent));
}

async function orUndefined<T>(run: () => Promise<T>, passes: (error: unknown) => boolean): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (passes(error)) return undefined;
    throw error;
  }
}

/** As most services take tags. */
export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagRecord(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Loads what a service needs once, when it is first asked for. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return async () => (loading ??= load());
}
