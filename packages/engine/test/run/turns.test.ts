import { setImmediate as settled } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from '../../src/run/turns.js';

const forever = new AbortController().signal;

/** Notes who has a turn, in order. */
function taker(turns: Turns) {
  const had: string[] = [];
  const take = async (name: string, signal = forever) => {
    const turn = await turns.take(signal);
    had.push(turn === undefined ? `${name} left` : name);
    return turn;
  };
  return { had, take };
}

test('no more than so many have a turn at a time, and each in its order', async () => {
  const { had, take } = taker(new Turns(2));
  const [one, two, three, four] = [take('one'), take('two'), take('three'), take('four')];
  await settled();
  expect(had).toEqual(['one', 'two']);
  (await two)?.[Symbol.dispose]();
  (await two)?.[Symbol.dispose]();
  await settled();
  expect(had).toEqual(['one', 'two', 'three']);
  for (const turn of [one, three, four]) (await turn)?.[Symbol.dispose]();
  await Promise.all([take('five'), take('six')]);
  expect(had).toEqual(['one', 'two', 'three', 'four', 'five', 'six']);
});

test('who is not there any more is passed over, and takes no turn', async () => {
  const { had, take } = taker(new Turns(1));
  const gone = new AbortController();
  const one = await take('one');
  const waited = [take('two', gone.signal), take('three')];
  gone.abort();
  one?.[Symbol.dispose]();
  await Promise.all(waited);
  await take('four', gone.signal);
  expect(had).toEqual(['one', 'two left', 'three', 'four left']);
});
