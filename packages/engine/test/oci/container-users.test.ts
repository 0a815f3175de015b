import { expect, test } from 'vitest';
import { assertSameUsers, containerUsers, containerUsersSchema } from '../../src/oci/container-users.js';
import { bundle } from './bundles.js';

const range = (hostID: number): object => ({ containerID: 0, hostID, size: 65_536 });
const remapped = (hostID: number): ReturnType<typeof containerUsers> =>
  containerUsers(bundle({ linux: { uidMappings: [range(hostID)], gidMappings: [range(hostID)] } }));

test('the same users pass, with a namespace of their own or without, after a way through JSON', () => {
  for (const users of [containerUsers(bundle()), remapped(100_000)])
    expect(() => assertSameUsers(containerUsersSchema.parse(JSON.parse(JSON.stringify(users))), users)).not.toThrow();
});

test.each([
  ['a namespace where there was none', containerUsers(bundle()), remapped(100_000), 'as on the machine'],
  ['none where there was one', remapped(100_000), containerUsers(bundle()), '0-65535 from 100000'],
  ['another range', remapped(100_000), remapped(231_072), '0-65535 from 231072'],
])('%s is refused, both named', (_, recorded, present, words) => {
  expect(() => assertSameUsers(recorded, present)).toThrow(
    expect.objectContaining({
      code: 'HF_RESTORE_REFUSED',
      message: expect.stringContaining(words) as string,
      hint: expect.stringContaining('userns-remap') as string,
    }),
  );
});
