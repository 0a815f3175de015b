import { expect, test } from 'vitest';
import { runsLow, shortageBefore, type TwinRoom } from '../../src/twin/head-room.js';

const gibibyte = 1024 ** 3;
const ample: TwinRoom = { machineBytes: 64 * gibibyte, groupBytes: Infinity, processes: Infinity, commitBytes: Infinity };
const need = { memoryBytes: 8 * gibibyte, processes: 10 };

test.each([
  ['room for all of it', {}, undefined],
  ['room for an eighth on the machine', { machineBytes: 1.25 * gibibyte }, undefined],
  ['less than an eighth on the machine', { machineBytes: 1.2 * gibibyte }, 'no-room'],
  ['less than an eighth in its control group', { groupBytes: gibibyte }, 'no-room'],
  ['room for an eighth in its control group', { groupBytes: 1.125 * gibibyte }, undefined],
  ['two processes left for each', { processes: 20 }, undefined],
  ['too few processes left', { processes: 19 }, 'pids'],
  ['as much memory promised as there is', { commitBytes: 7 * gibibyte }, 'overcommit'],
] as const)('a job of 8 GiB with %s', (_, room, expected) => {
  expect(shortageBefore({ ...ample, ...room }, need)).toBe(expected);
});

test.each([
  [{}, false],
  [{ machineBytes: gibibyte / 16 }, true],
  [{ groupBytes: gibibyte / 32 }, true],
  [{ machineBytes: gibibyte / 4, groupBytes: gibibyte / 8 }, false],
] as const)('with %j left twins have to go: %s', (room, low) => {
  expect(runsLow({ ...ample, ...room })).toBe(low);
});
