import { expect, test } from 'vitest';
import { plugins } from '../src/plugins.js';
import { runLine } from './support/run-line.js';

test.each([
  ['', ['local']],
  ['local', ['local']],
  ['file', ['local']],
  ['juicefs', ['local', 'juicefs']],
  // Whoever refuses it tells all that there are.
  ['tape', ['local', 'juicefs']],
  [undefined, ['local', 'juicefs']],
])('for a storage of the kind %j the drivers %j are loaded', async (kind, types) => {
  expect((await plugins({}, kind)).drivers.map(({ type }) => type)).toEqual(types);
});

test('a URL selects its driver', async () => {
  const url = 'juicefs://snaps?bucket=my-bucket&region=eu-west-1&metadata=postgres://u@db.example.org/meta';
  const { opened } = await runLine(['doctor', '--storage', url]);
  expect(opened[0]).toMatchObject({ config: { storage: { type: 'juicefs', name: 'snaps', bucket: { name: 'my-bucket' } } } });
});

test('an unknown kind is refused with those that there are', async () => {
  const { status, stderr } = await runLine(['doctor', '--storage', 'tape://x']);
  expect(status).toBe(2);
  expect(stderr).toContain('Use one of file:, juicefs:');
});
