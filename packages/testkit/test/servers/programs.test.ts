import { afterEach, describe, expect, it, vi } from 'vitest';
import { missingServer, serverProgram } from '../../src/servers/programs.js';

describe('the programs of test servers', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('are missed in a sentence that names the program and what brings it', () => {
    vi.stubEnv('CI', '');
    vi.stubEnv('HOLDFAST_SERVERS', '/nowhere:/nowhere-else');
    const sentence = "the test server's program mysqld is not in HOLDFAST_SERVERS: script/bootstrap --for test brings it, or says why it cannot";
    expect(missingServer('mysql')).toBe(sentence);
    expect(() => serverProgram('mysqld')).toThrow(sentence);
  });

  it('of storages are named each by a variable of its own', () => {
    vi.stubEnv('CI', '');
    vi.stubEnv('HOLDFAST_JUICEFS', '/nowhere/juicefs');
    vi.stubEnv('HOLDFAST_MINIO', process.execPath);
    expect(missingServer('juicefs')).toMatch(/^the test server's program juicefs is not in HOLDFAST_JUICEFS: /);
    expect(serverProgram('minio')).toBe(process.execPath);
  });

  it('are never missed in CI, where the test runs and fails by what is missing', () => {
    vi.stubEnv('CI', 'true');
    vi.stubEnv('HOLDFAST_SERVERS', '');
    expect(missingServer('mysql')).toBeUndefined();
    expect(() => serverProgram('mysqld')).toThrow('mysqld is not in HOLDFAST_SERVERS');
  });
});
