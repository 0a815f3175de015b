import { HoldfastError, type MetadataStore } from '@holdfast/core';

export interface MoodyCatalog {
  readonly catalog: MetadataStore;
  /** `dead` refuses every call, `hangs` answers none; `writes-lost` does what it is told and says that it failed; `holds` does it when it is asked to. */
  mood: 'well' | 'dead' | 'hangs' | 'writes-lost' | 'holds';
  /** Does what it held, whoever gave it up meanwhile. */
  land(): Promise<void>;
  /** Turns dead after so many calls. */
  diesAfter: number;
  readonly calls: string[];
}

/** A real catalog behind a server with moods. */
export function moodyCatalog(inner: MetadataStore): MoodyCatalog {
  const state: MoodyCatalog = { catalog: inner, mood: 'well', land: () => Promise.resolve(), diesAfter: Number.POSITIVE_INFINITY, calls: [] };
  const dead = (): HoldfastError => new HoldfastError('HF_CATALOG_UNAVAILABLE', { message: 'connection refused', kind: 'unavailable' });
  const catalog = new Proxy(inner, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]): Promise<unknown> => {
        if (state.calls.length >= state.diesAfter) state.mood = 'dead';
        state.calls.push(String(name));
        if (state.mood === 'hangs') return await new Promise(() => undefined);
        if (state.mood === 'dead') throw dead();
        if (state.mood === 'holds') {
          state.land = () => Reflect.apply(value, target, given.slice(0, 1)) as Promise<void>;
          return await new Promise(() => undefined);
        }
        const result = await (Reflect.apply(value, target, given) as Promise<unknown>);
        if (state.mood === 'writes-lost') throw dead();
        return result;
      };
    },
  });
  return Object.assign(state, { catalog });
}
