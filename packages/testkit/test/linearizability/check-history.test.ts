import { randomFrom } from '@holdfast/testkit/faults';
import { checkHistory } from '@holdfast/testkit/linearizability';
import { describe, expect, it } from 'vitest';
import { isLinearizable, read, register, write } from './register.js';

const kindOf = (history: Parameters<typeof isLinearizable>[0]): string => checkHistory(register, history).kind;

describe('checkHistory', () => {
  it('accepts what happened one after the other', () => {
    expect(checkHistory(register, [write(1, 0, 1), read(1, 2, 3), write(2, 4, 5), read(2, 6, 7)])).toEqual({
      kind: 'linearizable',
      order: [0, 1, 2, 3],
    });
  });

  it('accepts a read of either value while a write is under way', () => {
    expect(kindOf([write(1, 0, 10), read(0, 1, 2), read(1, 3, 4)])).toBe('linearizable');
  });

  it('refuses a read that is older than one that ended before, and tells how far it came', () => {
    expect(checkHistory(register, [write(1, 0, 10), read(1, 1, 2), read(0, 3, 4)])).toEqual({ kind: 'violated', order: [0, 1], stuckAt: 2 });
  });

  it('refuses a value that was overwritten before the read began, and one that nobody wrote', () => {
    expect(kindOf([write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)])).toBe('violated');
    expect(kindOf([write(1, 0, 1), read(7, 0, 5)])).toBe('violated');
  });

  it('lets a write without an answer take effect at any time after its call, or never', () => {
    expect(kindOf([write(1, 0), read(0, 1, 2), read(1, 3, 4)])).toBe('linearizable');
    expect(kindOf([write(1, 0), read(0, 1, 2), read(0, 3, 4)])).toBe('linearizable');
    expect(kindOf([write(1, 0), read(1, 1, 2), read(0, 3, 4)])).toBe('violated');
    expect(kindOf([read(1, 0, 1), write(1, 2)])).toBe('violated');
  });

  it('counts calls that touch in time as concurrent', () => {
    expect(kindOf([write(1, 0, 5), read(0, 5, 6)])).toBe('linearizable');
    expect(kindOf([write(1, 0, 5), read(0, 6, 7)])).toBe('violated');
  });

  it('agrees with trying every order, on random histories', () => {
    const random = randomFrom(20);
    const found = { linearizable: 0, violated: 0 };
    for (let round = 0; round < 600; round += 1) {
      const history = Array.from({ length: 6 }, () => {
        const calledAt = random(12);
        const answeredAt = calledAt + 1 + random(6);
        const value = random(3);
        if (random(2) === 0) return read(value, calledAt, answeredAt);
        return write(value, calledAt, random(4) === 0 ? undefined : answeredAt);
      });
      const expected = isLinearizable(history) ? 'linearizable' : 'violated';
      expect(kindOf(history), JSON.stringify(history)).toBe(expected);
      found[expected] += 1;
    }
    expect(Math.min(found.linearizable, found.violated)).toBeGreaterThan(50);
  });

  it('says that it does not know when its time is up', () => {
    expect(checkHistory(register, [write(1, 0, 1)], { deadlineMs: -1 })).toEqual({ kind: 'undecided' });
  });

  it('remembers what it tried, so that many calls at once do not take for ever', () => {
    const writes = Array.from({ length: 14 }, (_, value) => write(value % 3, 0, 100));
    expect(checkHistory(register, [...writes, read(9, 101, 102)], { deadlineMs: 20_000 }).kind).toBe('violated');
  });
});
