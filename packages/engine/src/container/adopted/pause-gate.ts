/** Theirs takes no longer, or is stuck: a job without snapshots is worse. */
const longestPauseMs = 10_000;

/**
 * Either Holdfast stops a container or somebody else does (`docker pause`), one at a time. A group that is stopped while CRIU has its processes in hand
 * never gets CRIU pausing, and one whose CRIU is killed then does not survive.
 */
export class PauseGate {
  #ours: PromiseWithResolvers<void> | undefined;
  readonly #theirs = new Set<Promise<void>>();

  /** Before Holdfast's own freeze: resolves when nobody else is about to stop it, which waits from then on. At once where it is Holdfast's already. */
  async enter(): Promise<void> {
    while (this.#ours === undefined && this.#theirs.size > 0) await Promise.all(this.#theirs);
    this.#ours ??= Promise.withResolvers<void>();
  }

  /** It runs again. Harmless where it was not entered. */
  leave(): void {
    this.#ours?.resolve();
    this.#ours = undefined;
  }

  /** Resolves when the container is in no freeze of Holdfast's; none begins before `over` is aborted, for 10 s at most. */
  async letOthers(over: AbortSignal): Promise<void> {
    while (this.#ours !== undefined && !over.aborted) await Promise.race([this.#ours.promise, aborted(over)]);
    if (over.aborted) return;
    const pausing = aborted(AbortSignal.any([over, AbortSignal.timeout(longestPauseMs)]));
    this.#theirs.add(pausing);
    void pausing.then(() => this.#theirs.delete(pausing));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
