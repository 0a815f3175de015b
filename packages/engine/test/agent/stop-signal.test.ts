import { expect, test } from 'vitest';
import { mayEnd, stopSignalNumber } from '../../src/agent/stop-signal.js';

test.each([
  [undefined, 15],
  ['', 15],
  ['SIGUSR1', 10],
  ['quit', 3],
  ['37', 37],
  ['SIGRTMIN+3', 37],
  ['RTMAX-1', 63],
  ['SIGNONE', 0],
])('STOPSIGNAL %s is %d', (text, number) => {
  expect(stopSignalNumber(text)).toBe(number);
});

test.each([
  ['always does', 15, 10, true],
  ['is what docker stop sends', 10, 10, true],
  ['is another', 10, 15, false],
  ['comes before Docker has told which it is', 10, undefined, true],
  ['has no known number', 0, 15, true],
])('a signal that %s may end a container, or not', (_what, signal, stopSignal, expected) => {
  expect(mayEnd(signal, stopSignal)).toBe(expected);
});
