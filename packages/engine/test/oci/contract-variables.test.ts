import { expect, test } from 'vitest';
import { contractError, parseContract } from '../../src/oci/contract-variables.js';

const parse = (values: Readonly<Record<string, string>>): ReturnType<typeof parseContract> => parseContract(new Map(Object.entries(values)));

test.each([{}, { MMC_CHECKPOINT_MODE: '' }, { MMC_CHECKPOINT_MODE: 'false' }, { MMC_CHECKPOINT_MODE: 'none', MMC_CHECKPOINT_INTERVAL: 'x' }])(
  'off: %j',
  (values) => {
    expect(parse(values)).toEqual({ mode: 'off' });
  },
);

test.each(['true', 'iterative'])('%s is on, with the standard values', (mode) => {
  expect(parse({ MMC_CHECKPOINT_MODE: mode })).toEqual({
    mode: 'on',
    contract: { intervalMs: 900_000, imagePath: undefined, subpath: undefined, diagnosis: false, exclude: [] },
    notes: [],
  });
});

test('every variable is read', () => {
  expect(
    parse({
      MMC_CHECKPOINT_MODE: 'true',
      MMC_CHECKPOINT_INTERVAL: '1h30m',
      MMC_CHECKPOINT_IMAGE_PATH: '/mmc-checkpoint/',
      MMC_CHECKPOINT_IMAGE_SUBPATH: 'nextflow/team/',
      MMC_CHECKPOINT_DIAGNOSIS: 'true',
      HOLDFAST_EXCLUDE: '/scratch:/var/cache/',
      MMC_ADDRESS: 'elsewhere',
    }),
  ).toEqual({
    mode: 'on',
    contract: { intervalMs: 5_400_000, imagePath: '/mmc-checkpoint', subpath: 'nextflow/team', diagnosis: true, exclude: ['/scratch', '/var/cache'] },
    notes: [],
  });
});

test.each([
  ['MMC_CHECKPOINT_MODE', 'True', 'iterative'],
  ['MMC_CHECKPOINT_INTERVAL', '5x', '1h30m'],
  ['MMC_CHECKPOINT_INTERVAL', '0s', '1h30m'],
  ['MMC_CHECKPOINT_INTERVAL', '999ms', 'one second or more'],
  ['MMC_CHECKPOINT_IMAGE_PATH', 'mmc', '/mmc-checkpoint'],
  ['MMC_CHECKPOINT_IMAGE_PATH', '/mmc/../etc', '/mmc-checkpoint'],
  ['MMC_CHECKPOINT_IMAGE_SUBPATH', '../other', 'without ..'],
  ['MMC_CHECKPOINT_IMAGE_SUBPATH', 'a/../../b', 'without ..'],
  ['MMC_CHECKPOINT_IMAGE_SUBPATH', '/abs', 'without ..'],
  ['MMC_CHECKPOINT_IMAGE_SUBPATH', 'a//b', 'without ..'],
  ['MMC_CHECKPOINT_IMAGE_SUBPATH', 'a\nb', 'without ..'],
  ['MMC_CHECKPOINT_DIAGNOSIS', 'yes', 'true or false'],
  ['HOLDFAST_EXCLUDE', '/a:b', 'absolute'],
  ['HOLDFAST_EXCLUDE', '/', 'absolute'],
])('%s=%j is refused by name, value and what would do', (variable, value, remedy) => {
  const result = parse({ MMC_CHECKPOINT_MODE: 'true', [variable]: value });
  const problems = result.mode === 'wrong' ? result.problems : [];
  expect(problems.map((problem) => problem.variable)).toEqual([variable]);
  expect(problems[0]?.message).toContain(`${variable}=${JSON.stringify(value)}`);
  expect(problems[0]?.message).toContain(remedy);
});

test('all that is wrong is told at once; unknown names are told with the nearest', () => {
  const result = parse({ MMC_CHECKPOINT_MODE: 'true', MMC_CHECKPOINT_INTERVAL: '', MMC_CHECKPOINT_DIAGNOSIS: 'x', MMC_CHECKPOINT_IMAGE_PATH: 'y' });
  expect(result.mode === 'wrong' && contractError(result.problems)).toMatchObject({
    code: 'HF_CONTAINER_SETTING',
    message: expect.stringMatching(/IMAGE_PATH="y".*; MMC_CHECKPOINT_DIAGNOSIS="x"/) as string,
  });
  expect(parse({ MMC_CHECKPOINT_MODE: 'true', MMC_CHECKPOINT_INTERVALL: '5m' })).toMatchObject({
    mode: 'on',
    contract: { intervalMs: 900_000 },
    notes: [expect.stringMatching(/MMC_CHECKPOINT_INTERVALL.*MMC_CHECKPOINT_INTERVAL is/) as string],
  });
});

test('a long value is cut', () => {
  const result = parse({ MMC_CHECKPOINT_MODE: 'x'.repeat(5000) });
  expect(result.mode === 'wrong' && (result.problems[0]?.message.length ?? 0) < 300).toBe(true);
});
