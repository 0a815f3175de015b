import { AwsFault } from '../aws-fault.js';
import { Lifecycle, type LifecyclePlan, type Phase } from '../lifecycle.js';
import type { ResourceType } from '../rule.js';
import type { Kind } from './kinds.js';

/** The account of all that is made here, the same as moto's. */
const account = '123456789012';

/** One thing that was made, with what the service keeps of it. */
export interface Resource<Kept> {
  readonly kind: Kind;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly made: Date;
  readonly tags: Map<string, string>;
  readonly lifecycle: Lifecycle;
  kept: Kept;
}

/** All that was made and is not gone. Every method is done at once, so that two calls never see a half of one another. */
export class ResourceStore {
  readonly #resources = new Map<string, Resource<unknown>>();
  readonly #planFor: (type: ResourceType, name: string) => LifecyclePlan;
  readonly #now: () => number;

  constructor(planFor: (type: ResourceType, name: string) => LifecyclePlan, now: () => number) {
    this.#planFor = planFor;
    this.#now = now;
  }

  /** Throws the kind's own fault where there is one of that name, although a description may not show it yet, or shows it deleting. */
  add<Kept>(kind: Kind, region: string, name: string, tags: ReadonlyMap<string, string>, kept: Kept): Resource<Kept> {
    const key = keyOf(kind, region, name);
    this.refuseExisting(kind, region, name);
    const arn = `arn:aws:${kind.type.split(':')[0]}:${region}:${account}:${kind.arnPart}${name}`;
    const lifecycle = new Lifecycle(this.#planFor(kind.type, name), this.#now);
    const resource = { kind, region, name, arn, made: new Date(this.#now()), tags: new Map(tags), lifecycle, kept };
    this.#resources.set(key, resource);
    return resource;
  }

  refuseExisting(kind: Kind, region: string, name: string): void {
    this.#sweep();
    if (this.#resources.has(keyOf(kind, region, name))) throw new AwsFault(kind.exists, `${kind.word} ${name} already exists`);
  }

  /** The one of that name; throws the kind's own fault where there is none, or none yet. */
  get<Kept>(kind: Kind, region: string, name: string): Resource<Kept> {
    this.#sweep();
    const found = this.#resources.get(keyOf(kind, region, name));
    // To find it absent is a look, too: whoever asks so often for what was just made has it.
    if (found === undefined || (found.lifecycle.phase() === 'absent' && found.lifecycle.look())) throw missing(kind, name);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a kind keeps is said where it is added.
    return found as Resource<Kept>;
  }

  /** What a description shows, by name or all; each that it holds is looked at once. */
  look<Kept>(kind: Kind, region: string, name: string | undefined): readonly { resource: Resource<Kept>; phase: Phase }[] {
    const held = this.#of<Kept>(kind, region).filter((each) => name === undefined || each.name === name);
    const seen = held.map((resource) => ({ resource, phase: resource.lifecycle.look() }));
    const shown = seen.filter(({ phase }) => phase !== 'absent' && phase !== 'gone');
    if (name !== undefined && shown.length === 0) throw missing(kind, name);
    return shown;
  }

  /** Those of a kind that calls may name, without a look. */
  all<Kept>(kind: Kind, region: string): readonly Resource<Kept>[] {
    return this.#of<Kept>(kind, region).filter((each) => each.lifecycle.phase() !== 'absent');
  }

  byArn(arn: string): Resource<unknown> | undefined {
    this.#sweep();
    return [...this.#resources.values()].find((each) => each.arn === arn);
  }

  everything(): readonly Resource<unknown>[] {
    this.#sweep();
    return [...this.#resources.values()];
  }

  clear(): void {
    this.#resources.clear();
  }

  #of<Kept>(kind: Kind, region: string): readonly Resource<Kept>[] {
    this.#sweep();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a kind keeps is said where it is added.
    return [...this.#resources.values()].filter((each) => each.kind.type === kind.type && each.region === region) as Resource<Kept>[];
  }

  #sweep(): void {
    for (const [key, { lifecycle }] of this.#resources) if (lifecycle.phase() === 'gone') this.#resources.delete(key);
  }
}

export function missing(kind: Kind, name: string): AwsFault {
  return new AwsFault(kind.missing.code, `${kind.word} ${name} not found.`, kind.missing.status);
}

/** The word of the service for where a resource is. */
export function stateOf(resource: Resource<unknown>, phase: Phase): string {
  if (phase === 'ready') return resource.kind.ready;
  return phase === 'failed' ? (resource.lifecycle.plan.fails?.state ?? 'failed') : phase;
}

function keyOf(kind: Kind, region: string, name: string): string {
  return `${kind.type} ${region} ${name}`;
}
