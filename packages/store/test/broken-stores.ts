import type { CheckpointReader, CheckpointStore, CheckpointWriter } from '@holdfast/core';

type Overrides<T> = { readonly [K in keyof T]?: T[K] };

/** The same object with some members replaced; the others keep working on the original. */
export function replacing<T extends object>(inner: T, overrides: Overrides<T>): T {
  return new Proxy(inner, {
    get(target, name) {
      const source: object = name in overrides ? overrides : target;
      const value: unknown = Reflect.get(source, name, source === target ? target : undefined);
      return typeof value === 'function' ? (...given: unknown[]): unknown => Reflect.apply(value, source, given) : value;
    },
  });
}

export type Breakage = (store: CheckpointStore) => CheckpointStore;

/** Breaks what its writers do. */
export function withWriters(change: (writer: CheckpointWriter, store: CheckpointStore) => Overrides<CheckpointWriter>): Breakage {
  return (store) =>
    replacing(store, {
      begin: async (...given) => {
        const writer = await store.begin(...given);
        return replacing(writer, change(writer, store));
      },
    });
}

/** Breaks what its readers do. */
export function withReaders(change: (reader: CheckpointReader) => Overrides<CheckpointReader>): Breakage {
  return (store) =>
    replacing(store, {
      open: async (...given) => {
        const reader = await store.open(...given);
        return replacing(reader, change(reader));
      },
    });
}

export function withStore(change: (store: CheckpointStore) => Overrides<CheckpointStore>): Breakage {
  return (store) => replacing(store, change(store));
}
