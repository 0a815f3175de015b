import { expect, test } from 'vitest';
import { everything, expected, lifeOf, openDesk, tell } from './desk.js';
import { catalogPlace } from './place.js';

test('an event whose call was given up, and that the server does all the same when it is back, comes once', async () => {
  await using place = await catalogPlace();
  const writes = await lifeOf(place, 'job');
  const { moody, notes } = await openDesk(place);
  const first = writes.findIndex(({ write }) => write === 'event');
  await tell(notes, writes.slice(0, first));
  moody.mood = 'holds';
  await tell(notes, writes.slice(first, first + 1));
  moody.mood = 'well';
  await tell(notes, writes.slice(first + 1));
  await notes.settled();
  await moody.land();
  expect(await everything(moody.catalog)).toEqual(await expected(place, writes));
});
