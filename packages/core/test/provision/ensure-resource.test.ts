import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureResource, type EnsureRequest, type ResourceState, resourceState } from '@holdfast/core/provision';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { virtualClock } from './virtual-clock.js';

interface Thing {
  readonly name: string;
  readonly owner: string;
  readonly size: number;
}

let folder = '';
let state: ResourceState;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-ensure-'));
  state = resourceState(join(folder, 'a'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** A provider that takes a name once. */
function provider(): { readonly made: Thing[]; request(options?: Partial<EnsureRequest<Thing>>): EnsureRequest<Thing> } {
  const made: Thing[] = [];
  return {
    made,
    request: (options) => ({
      state,
      key: 'thing',
      kind: 'thing',
      name: 'holdfast-a',
      resource: "thing 'holdfast-a'",
      find: async () => made.find(({ name }) => name === 'holdfast-a'),
      create: async () => {
        if (made.length > 0) return 'exists';
        const thing = { name: 'holdfast-a', owner: 'holdfast', size: 1 };
        made.push(thing);
        return thing;
      },
      isOurs: ({ owner }) => owner === 'holdfast',
      idOf: ({ name }) => `id-of-${name}`,
      ...options,
    }),
  };
}

test('the intent is on the disk before the provider is asked', async () => {
  const { request } = provider();
  const lost = request({
    create: async () => {
      expect(await state.read('thing')).toEqual({ kind: 'thing', name: 'holdfast-a', status: 'intended' });
      throw new Error('cut off');
    },
  });
  await expect(ensureResource(lost)).rejects.toThrow('cut off');
  expect(await ensureResource(request())).toMatchObject({ created: true, status: 'made' });
  expect(await state.read('thing')).toMatchObject({ status: 'made', id: 'id-of-holdfast-a' });
});

test('a rerun finds what it made, and so does one whose answer was lost', async () => {
  const { made, request } = provider();
  const lost = request({
    create: async (call) => {
      await request().create(call);
      throw new Error('the answer was lost');
    },
  });
  await expect(ensureResource(lost)).rejects.toThrow('lost');
  expect(await ensureResource(request())).toMatchObject({ created: false, status: 'made' });
  expect(await ensureResource(request())).toMatchObject({ created: false, status: 'made' });
  expect(made).toHaveLength(1);
});

test('of two that are not seen yet one is made, and both have it', async () => {
  const { made, request } = provider();
  let looks = 0;
  const blind = request({ find: async () => ((looks += 1) <= 4 ? undefined : made[0]) });
  const clock = virtualClock();
  const both = await Promise.all([ensureResource(blind, { clock }), ensureResource(blind, { clock })]);
  expect(made).toHaveLength(1);
  expect(both.filter(({ created }) => created)).toHaveLength(1);
  expect(both.map(({ found }) => found)).toEqual([made[0], made[0]]);
});

test('what somebody else made is refused, unless it is to be adopted', async () => {
  const { made, request } = provider();
  made.push({ name: 'holdfast-a', owner: 'somebody', size: 1 });
  await expect(ensureResource(request())).rejects.toMatchObject({ code: 'HF_PROVISION_CONFLICT', kind: 'conflict' });
  expect(await state.list()).toEqual([]);
  expect(await ensureResource(request({ adopt: true }))).toMatchObject({ status: 'adopted', created: false });
  expect(await state.read('thing')).toMatchObject({ status: 'adopted' });
});

test('one that differs is refused, with what differs', async () => {
  const { made, request } = provider();
  made.push({ name: 'holdfast-a', owner: 'holdfast', size: 2 });
  const drift = ({ size }: Thing): string | undefined => (size === 1 ? undefined : `size is ${size}, not 1`);
  await expect(ensureResource(request({ drift }))).rejects.toThrow('size is 2, not 1');
  expect(made).toHaveLength(1);
});

test('where the intent cannot be noted nothing is made', async () => {
  const { made, request } = provider();
  const unwritable = resourceState('/dev/null/a');
  await expect(ensureResource(request({ state: unwritable }))).rejects.toMatchObject({ code: 'HF_PROVISION_STATE' });
  expect(made).toEqual([]);
});
