import { expect, test } from 'vitest';
import { lastMessage } from '../src/aws-sdk/last-message.js';

const at = (day: number, Message: string): { Date: Date; Message: string } => ({ Date: new Date(2026, 10, day), Message });

test('the reason is that of the latest event, in whatever order AWS tells them', () => {
  expect(lastMessage([at(3, 'the last'), at(1, 'the first'), at(2, 'between')])).toBe('the last');
  expect(lastMessage([at(1, 'the first'), { Message: 'of no date' }])).toBe('the first');
  expect(lastMessage([])).toBeUndefined();
});
