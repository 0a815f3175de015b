import { expect, test } from 'vitest';
import { parseStatusText } from '../src/volume.js';

test('what the library of MySQL writes before the JSON of a status is passed over', () => {
  expect(parseStatusText('[xorm] [info]  2026/11/25 23:42:29.78 PING DATABASE mysql\n{\n  "Setting": {}\n}\n')).toEqual({ Setting: {} });
  expect(parseStatusText('{"Setting":{}}')).toEqual({ Setting: {} });
  expect(parseStatusText('nothing')).toBeUndefined();
});
