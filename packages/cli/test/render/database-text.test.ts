import { expect, test } from 'vitest';
import { copyWarning } from '../../src/render/database-text.js';

test('a section that names a file of authorities says loudly that the file is on this machine alone', () => {
  expect(copyWarning({ type: 'redis' })).toBeUndefined();
  expect(copyWarning({ type: 'postgres', tlsCaFile: '/var/lib/holdfast/ca\n.pem' })).toMatch(
    /^COPY \/var\/lib\/holdfast\/ca\\\S+ to the same path on EVERY machine/u,
  );
});
