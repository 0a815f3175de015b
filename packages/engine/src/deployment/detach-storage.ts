import { type AttachedStorage, HoldfastError, isHoldfastError, type StorageDriver } from '@holdfast/core';

/** How long a detach may take before the storage is asked whether it still answers. */
const defaultPatienceMs = 5000;

/**
 * Detaches at the end. Bytes on their way are waited for as long as the storage answers; of one that does not nothing is expected, and what was reported as
 * committed was durable by then. Rejects with what is wrong with the storage, where that is known.
 */
export async function detachStorage(attached: AttachedStorage, driver: StorageDriver, patienceMs: number = defaultPatienceMs): Promise<void> {
  const controller = new AbortController();
  let reason: string | undefined;
  const tell = await attached.watchTrouble?.();
  const wrong = (): Promise<HoldfastError | undefined> => tell?.().catch(() => undefined) ?? Promise.resolve(undefined);
  const ask = async (): Promise<void> => {
    const { health } = await driver.status({ signal: controller.signal });
    if (health?.ok !== false) return;
    reason = (await wrong())?.message ?? health.reason ?? 'it does not answer';
    controller.abort();
  };
  const timer = setInterval(() => void ask().catch(() => undefined), patienceMs);
  try {
    await attached.detach({ signal: controller.signal });
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    // A storage that is away keeps what works on it in its calls, and is busy for that.
    const why = error.kind === 'aborted' ? reason : (await wrong())?.message;
    throw why === undefined ? error : unanswered(driver.name, why, error);
  } finally {
    clearInterval(timer);
    controller.abort();
  }
}

function unanswered(name: string, reason: string, cause: HoldfastError): HoldfastError {
  return new HoldfastError('HF_STORAGE_TIMEOUT', {
    kind: 'timeout',
    message: `${name} was left attached: ${reason}`,
    operation: 'storage.detach',
    hint: 'Snapshots that were committed are safe. Look at what is behind its mount; holdfast storage detach repeats this',
    cause,
  });
}
