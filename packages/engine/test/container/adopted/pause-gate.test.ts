import { expect, test } from 'vitest';
import { PauseGate } from '../../../src/container/adopted/pause-gate.js';

/** Long enough for everything that is not waiting. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

test('somebody else waits for the end of a freeze, and a freeze for somebody else', async () => {
  const gate = new PauseGate();
  const said: string[] = [];
  const theirs = new AbortController();
  await gate.enter();
  void gate.letOthers(theirs.signal).then(() => said.push('let'));
  // Once more within the freeze: nobody is waited for.
  await gate.enter();
  await turns();
  expect(said).toEqual([]);
  gate.leave();
  await turns();
  void gate.enter().then(() => said.push('entered'));
  await turns();
  expect(said).toEqual(['let']);
  theirs.abort();
  await turns();
  expect(said).toEqual(['let', 'entered']);
});

test('who goes away while he waits keeps nobody', async () => {
  const gate = new PauseGate();
  const theirs = new AbortController();
  await gate.enter();
  const waiting = gate.letOthers(theirs.signal);
  theirs.abort();
  await waiting;
  gate.leave();
  await gate.enter();
  expect(theirs.signal.aborted).toBe(true);
});
