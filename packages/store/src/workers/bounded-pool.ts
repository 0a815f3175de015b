/** A bounded number of things that are used again, made when first needed. Whoever finds none waits, first come, first served. */
export class BoundedPool<T extends object> {
  readonly #limit: number;
  readonly #create: () => T;
  readonly #free: T[] = [];
  readonly #waiting: ((thing: T) => void)[] = [];
  #made = 0;

  constructor(limit: number, create: () => T) {
    this.#limit = limit;
    this.#create = create;
  }

  acquire(): Promise<T> {
    const thing = this.#free.pop() ?? this.#make();
    if (thing !== undefined) return Promise.resolve(thing);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(thing: T): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(thing);
    else next(thing);
  }

  #make(): T | undefined {
    if (this.#made >= this.#limit) return undefined;
    this.#made += 1;
    return this.#create();
  }
}
