import type { NamedResources } from '@holdfast/aws-databases';

/** Things by name, of which there can be one each; every creation is counted. */
export interface FakeStore<Spec extends { readonly name: string }, Found> extends NamedResources<Spec, Found> {
  readonly items: Map<string, { readonly spec: Spec; looks: number; deleting: boolean }>;
  created: number;
}

/** `found` says what a description tells of one that was looked at so often. */
export function fakeStore<Spec extends { readonly name: string }, Found>(
  found: (spec: Spec, looks: number) => Found | undefined,
): FakeStore<Spec, Found> {
  const items: FakeStore<Spec, Found>['items'] = new Map();
  const store: FakeStore<Spec, Found> = {
    items,
    created: 0,
    find: async (name) => {
      const item = items.get(name);
      if (item === undefined) return undefined;
      item.looks += 1;
      return found(item.spec, item.looks);
    },
    create: async (spec) => {
      if (items.has(spec.name)) return 'exists';
      items.set(spec.name, { spec, looks: 0, deleting: false });
      store.created += 1;
      const first = found(spec, 0);
      if (first === undefined) throw new Error('a creation answers with what it made');
      return first;
    },
    remove: async (name) => {
      items.delete(name);
    },
  };
  return store;
}
