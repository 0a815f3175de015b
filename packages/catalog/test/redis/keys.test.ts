import { expect, test } from 'vitest';
import { keysBelow } from '../../src/redis/keys.js';
import { ascending, descending } from '../../src/redis/sortable.js';

/** What decides on the slot of a key, by the cluster's specification. */
function tagOf(key: string): string {
  return /\{([^}]+)\}/u.exec(key)?.[1] ?? key;
}

test.each(['align-7', '', '}', '{', 'a}b{c', '%', 'jöb 1/α', 'index'])('all keys of job %j have one tag', (name) => {
  const keys = keysBelow('holdfast:').job(name);
  const tags = Object.values<string>({ ...keys }).map(tagOf);
  expect(new Set(tags).size).toBe(1);
  expect(tags[0]).not.toContain(':');
});

test('no two jobs share a key, and no job has one of the index', () => {
  const keys = keysBelow('p:');
  const names = ['', '%', '%25', '{', '%7B', '}', 'a', 'A', 'index'];
  const records = names.map((name) => keys.job(name).record);
  expect(new Set([...records, keys.schema, keys.entries, keys.intents, keys.choice('all')]).size).toBe(names.length + 4);
});

test('instants sort as text as they do as times, both ways', () => {
  const times = [
    '-271821-04-20T00:00:00.000Z',
    '-000002-01-01T00:00:00.000Z',
    '-000001-01-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
  ];
  expect(times.map(ascending).toSorted()).toEqual(times.map(ascending));
  expect(times.map(descending).toSorted()).toEqual(times.map(descending).toReversed());
  expect(new Set([...times.map(ascending), ...times.map(descending)].map((text) => text.length))).toEqual(new Set([17]));
});
