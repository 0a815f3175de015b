import { HoldfastError, type TellTrouble } from '@holdfast/core';

/** What a mounted file system, or a call to it that never came back, fails with. */
const bare: ReadonlySet<string> = new Set([
  'HF_STORAGE_IO',
  'HF_STORAGE_TIMEOUT',
  'HF_STORAGE_FULL',
  'HF_STORAGE_PERMISSION',
  'HF_REPOSITORY_MISSING',
]);

/** A failure of the storage with its cause and remedy, where the storage knows them; every other as it is. */
export async function nameTrouble(failure: HoldfastError, tell: TellTrouble | undefined): Promise<HoldfastError> {
  if (!bare.has(failure.code)) return failure;
  const trouble = await tell?.().catch(() => undefined);
  if (trouble === undefined) return failure;
  return new HoldfastError(trouble.code, {
    kind: trouble.kind,
    retry: failure.retry,
    message: `${failure.message}: ${trouble.message}`,
    context: { ...failure.context, ...trouble.context },
    ...(failure.operation === undefined ? {} : { operation: failure.operation }),
    ...(trouble.hint === undefined ? {} : { hint: trouble.hint }),
    cause: failure,
  });
}
