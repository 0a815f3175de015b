/** How long something lasts: so many looks at it (each description that holds it counts as one, and each call that does not find it yet), or so much time. */
export type Span = { readonly polls: number } | { readonly ms: number };

/** What becomes of a resource after its creation and its deletion. Without any of it, it is ready, and gone, at the first look. */
export interface LifecyclePlan {
  /** After the creation: descriptions do not know it yet, and a second creation finds that it is there. */
  readonly absent?: Span;
  readonly creating?: Span;
  /** Instead of ready: the state by its name (for example `create-failed`) and what the service's events say of it. */
  readonly fails?: { readonly state: string; readonly reason: string };
  readonly deleting?: Span;
}

export type Phase = 'absent' | 'creating' | 'ready' | 'failed' | 'deleting' | 'gone';

interface Stage {
  readonly phase: Phase;
  readonly span: Span;
}

/** The phases of one resource, in order. Time is what `now` says, in milliseconds. */
export class Lifecycle {
  readonly #plan: LifecyclePlan;
  readonly #now: () => number;
  #stages: Stage[];
  #last: Phase;
  #since: number;
  #looks = 0;

  constructor(plan: LifecyclePlan, now: () => number) {
    this.#plan = plan;
    this.#now = now;
    this.#since = now();
    this.#stages = stages([
      ['absent', plan.absent],
      ['creating', plan.creating],
    ]);
    this.#last = plan.fails === undefined ? 'ready' : 'failed';
  }

  get plan(): LifecyclePlan {
    return this.#plan;
  }

  /** The phase that a description sees; it counts as a look. */
  look(): Phase {
    const phase = this.phase();
    this.#looks += 1;
    return phase;
  }

  /** The phase, for calls that describe nothing. */
  phase(): Phase {
    for (let [stage] = this.#stages; stage !== undefined; [stage] = this.#stages) {
      if (!this.#isOver(stage.span)) return stage.phase;
      this.#since = 'ms' in stage.span ? this.#since + stage.span.ms : this.#now();
      this.#looks = 0;
      this.#stages = this.#stages.slice(1);
    }
    return this.#last;
  }

  /** Its deletion begins, whatever it was. */
  remove(): void {
    this.#stages = stages([['deleting', this.#plan.deleting]]);
    this.#last = 'gone';
    this.#since = this.#now();
    this.#looks = 0;
  }

  #isOver(span: Span): boolean {
    return 'polls' in span ? this.#looks >= span.polls : this.#now() - this.#since >= span.ms;
  }
}

function stages(spans: readonly (readonly [Phase, Span | undefined])[]): Stage[] {
  return spans.flatMap(([phase, span]) => (span === undefined ? [] : [{ phase, span }]));
}
