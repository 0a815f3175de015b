import { type HoldfastError, isHoldfastError, parseDeploymentConfig } from '@holdfast/core';
import { expect, test } from 'vitest';

test('an empty document is the default deployment, complete', () => {
  expect(parseDeploymentConfig({})).toEqual({
    storage: { type: 'local', path: '/var/lib/holdfast/storage' },
    catalog: { type: 'sqlite', path: '/var/lib/holdfast/catalog.sqlite' },
    stateDirectory: '/var/lib/holdfast',
    job: {
      intervalMs: 900_000,
      keep: 3,
      onRestoreFailure: 'older',
      resume: 'eager',
      tcp: 'close',
      memory: 'auto',
      keepTwin: 'off',
      coverMemory: 'auto',
    },
    retention: { keepLast: 3, keepAfterSuccess: 3, keepAfterFailure: 3, abandonedAfterMs: undefined, maxBytes: undefined, graceMs: 120_000 },
    lease: { ttlMs: 30_000 },
    tools: { runc: undefined, criu: undefined, native: undefined },
    encryption: undefined,
    agent: {
      socket: '/run/holdfast/agent.sock',
      namespace: undefined,
      imagePaths: [],
      storageWaitMs: 60_000,
      storageUnknown: 'start',
      otherImage: 'refuse',
      docker: { socket: '/var/run/docker.sock' },
      spot: { watch: 'auto', endpoint: 'http://169.254.169.254', intervalMs: 5000 },
      metrics: { listen: undefined },
    },
    limits: { dumpTimeoutMs: 600_000, restoreTimeoutMs: 900_000, commitTimeoutMs: 60_000, stopGraceMs: 10_000, pagesTimeoutMs: 300_000 },
  });
});

test('JSON text and what it holds are the same; a plugin’s section passes as it is', () => {
  const document = {
    $schema: './holdfast.schema.json',
    storage: { type: 'juicefs', bucket: 'b', mount: { cacheSize: '10GB' } },
    catalog: { type: 'mysql', url: 'mysql://db/holdfast' },
    stateDirectory: '/srv/holdfast',
    job: { interval: '1h30m', keep: 5, onRestoreFailure: 'fail', tcp: 'keep', memory: 'auto', keepTwin: 'off', coverMemory: 'off' },
    lease: { ttl: '2m' },
    tools: { criu: '/opt/criu' },
    limits: { stopGrace: '1s' },
  };
  const config = parseDeploymentConfig(document);
  expect(parseDeploymentConfig(JSON.stringify(document))).toEqual(config);
  expect(config.storage).toEqual(document.storage);
  expect(config.catalog).toEqual(document.catalog);
  expect(config.job).toEqual({
    intervalMs: 5_400_000,
    keep: 5,
    onRestoreFailure: 'fail',
    resume: 'eager',
    tcp: 'keep',
    memory: 'auto',
    keepTwin: 'off',
    coverMemory: 'off',
  });
  expect(config.limits).toMatchObject({ stopGraceMs: 1000, dumpTimeoutMs: 600_000 });
});

test('what retention does not say of the end of a job is as for others, and for those as for each job', () => {
  const parse = (retention: unknown): unknown => parseDeploymentConfig({ job: { keep: 7 }, retention }).retention;
  expect(parse({})).toMatchObject({ keepLast: 7, keepAfterSuccess: 7, keepAfterFailure: 7 });
  expect(parse({ keepLast: 4, keepAfterSuccess: 0 })).toMatchObject({ keepLast: 4, keepAfterSuccess: 0, keepAfterFailure: 4 });
  expect(parse({ abandonedAfter: '30d', maxBytes: '1.5TiB', grace: '10m' })).toMatchObject({
    abandonedAfterMs: 2_592_000_000,
    maxBytes: 1.5 * 1024 ** 4,
    graceMs: 600_000,
  });
});

test('the key of an encrypted repository comes from a file or from a command, never from the document', () => {
  const encryptionOf = (encryption: unknown): unknown => parseDeploymentConfig({ encryption }).encryption;
  expect(encryptionOf({ keyFile: '/etc/holdfast/key' })).toEqual({ key: { file: '/etc/holdfast/key' }, allowPlainDiskStaging: false });
  expect(encryptionOf({ keyCommand: ['gpg', '-d', 'key.gpg'], allowPlainDiskStaging: true })).toEqual({
    key: { command: ['gpg', '-d', 'key.gpg'] },
    allowPlainDiskStaging: true,
  });
});

test('the result is frozen all the way down', () => {
  const { job, storage } = parseDeploymentConfig({ storage: { type: 'x', deep: { list: [{}] } } });
  const deep: unknown = storage['deep'];
  for (const part of [job, storage, deep]) expect(Object.isFrozen(part)).toBe(true);
  expect(JSON.stringify(deep)).toBe('{"list":[{}]}');
});

test.each<[unknown, string, string]>([
  ['{"job": ', 'holdfast.json is not JSON', 'JSON checker'],
  [[], '[], which is no object', ''],
  [null, 'null, which is no object', ''],
  [{ job: { intervall: '5m' } }, "'job.intervall' is no known key: did you mean 'interval'?", 'interval, keep'],
  [{ retention: { keepLast: 0 } }, "'retention.keepLast' is 0", ''],
  [{ retention: { maxBytes: '5 parsecs' } }, "'retention.maxBytes': '5 parsecs' is no size", 'MiB'],
  [{ retention: { abandonedAfter: '99999d' } }, "'99999d' is longer than the longest duration, 36500d", ''],
  [{ retention: { abandonAfter: '1d' } }, "'retention.abandonAfter' is no known key: did you mean 'abandonedAfter'?", 'keepLast'],
  [{ encryption: {} }, "neither 'keyFile' nor 'keyCommand'", 'one of them'],
  [{ encryption: { keyFile: '/k', keyCommand: ['k'] } }, "'keyFile' and 'keyCommand' exclude each other", 'one of them'],
  [{ encryption: { keyFile: 'relative' } }, "'encryption.keyFile': 'relative' is no absolute path", ''],
  [{ encryption: { keyCommand: [] } }, "'encryption.keyCommand' is a value: it names no program", ''],
  [{ encryption: { keyCommand: ['', 'x'] } }, "'encryption.keyCommand': it names no program", ''],
  [{ encryption: { key: '00' } }, "'encryption.key' is no known key", 'keyFile, keyCommand'],
  [{ jobs: {} }, "'jobs' is no known key: did you mean 'job'?", 'stateDirectory'],
  [{ zebra: 1 }, "'zebra' is no known key", 'storage, catalog'],
  [{ job: { interval: '5x' } }, "'job.interval': '5x' is no duration", '1h30m'],
  [{ job: { interval: 300 } }, "'job.interval' is 300, which is no string", ''],
  [{ lease: { ttl: '0s' } }, "'lease.ttl': '0s' is no time at all", '90s'],
  [{ job: { tcp: 'clos' } }, '\'job.tcp\' is "clos", which is none of its values', "'close', 'keep'"],
  [{ job: { keep: 0 } }, "'job.keep' is 0", ''],
  [{ job: { keep: 2.5 } }, "'job.keep' is 2.5", ''],
  [{ storage: {} }, "'storage.type' is missing", ''],
  [{ storage: { type: 'Local!' } }, "'Local!' is no type", ''],
  [{ stateDirectory: 'state' }, "'stateDirectory': 'state' is no absolute path", ''],
  [{ tools: { criu: './criu' } }, "'tools.criu': './criu' is no absolute path", ''],
])('%j is refused by path and value', (document, words, hint) => {
  const error = refusal(document);
  expect(error.kind).toBe('invalid-argument');
  expect(error.message).toContain(words);
  expect(error.message.startsWith('holdfast.json')).toBe(true);
  expect(error.hint ?? '').toContain(hint);
});

test('every wrong value is named at once', () => {
  const { message } = refusal({ job: { keep: 0, tcp: 'x' }, lease: { ttl: '' } });
  for (const path of ['job.keep', 'job.tcp', 'lease.ttl']) expect(message).toContain(path);
});

test.each<[object, string, string]>([
  [{ stateDirectory: '/data/state', storage: { type: 'local', path: '/data' } }, 'stateDirectory', '/data/state'],
  [{ stateDirectory: '/data', storage: { type: 'local', path: '/data' } }, 'stateDirectory', '/data'],
  [{ storage: { type: 'local', path: '/data' }, catalog: { type: 'sqlite', path: '/data/x/catalog' } }, 'catalog.path', '/data/x/catalog'],
])('%j excludes itself, and both names are told', (document, name, value) => {
  const { message } = refusal(document);
  for (const words of [`'${name}'`, value, "'storage.path'", '/data']) expect(message).toContain(words);
});

test('a path beside the storage is no path inside it', () => {
  const config = parseDeploymentConfig({
    stateDirectory: '/data-2',
    storage: { type: 'local', path: '/data' },
    catalog: { type: 'sqlite', path: '/..data/c' },
  });
  expect(config.stateDirectory).toBe('/data-2');
});

test('no message repeats what may be secret', () => {
  const secret = 'hunter2';
  for (const document of [`{"password": "${secret}"`, `{"a": ${secret}}`, { lease: { ttl: '1s', password: secret } }]) {
    const { message, hint, cause } = refusal(document);
    expect(`${message} ${hint} ${String(cause)}`).not.toContain(secret);
  }
});

function refusal(document: unknown): HoldfastError {
  try {
    parseDeploymentConfig(document, { file: 'holdfast.json' });
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'HF_CONFIG') return error;
    throw error;
  }
  throw new Error('it was taken');
}
