export interface CutOptions {
  /** Whether the last call's answer is lost, too: it has its effect, and nobody hears of it. Default: false. */
  readonly loseLastAnswer?: boolean;
}

/** Lets a number of calls pass, and then none. */
export interface Gate {
  /**
   * `calls` more calls are answered; then each connection that is there is closed, and each new one as soon as it is made, until `open`. Resolves
   * when that begins, also by `open`.
   */
  cutAfter(calls: number, options?: CutOptions): Promise<void>;
  open(): void;
  isClosed(): boolean;
  /** A call came; undefined where it is to be cut without any effect. */
  enter(): Pass | undefined;
}

export interface Pass {
  /** Whether the call is to have its effect and no answer. */
  readonly answerIsLost: boolean;
  /** The call had its answer, or lost it. */
  leave(): void;
}

/** A gate; `onClose` ends the connections that are there. */
export function createGate(onClose: () => void): Gate {
  let left = Number.POSITIVE_INFINITY;
  let closed = false;
  let loseLast = false;
  let reached = Promise.withResolvers<void>();
  const close = (): void => {
    closed = true;
    onClose();
    reached.resolve();
  };
  const gate: Gate = {
    cutAfter(calls, options = {}) {
      gate.open();
      [left, loseLast, reached] = [calls, options.loseLastAnswer ?? false, Promise.withResolvers<void>()];
      if (calls === 0) close();
      return reached.promise;
    },
    open() {
      [left, closed] = [Number.POSITIVE_INFINITY, false];
      reached.resolve();
    },
    isClosed: () => closed,
    enter() {
      if (closed || left === 0) return undefined;
      left -= 1;
      const isLast = left === 0;
      return { answerIsLost: isLast && loseLast, leave: () => (isLast ? close() : undefined) };
    },
  };
  return gate;
}
