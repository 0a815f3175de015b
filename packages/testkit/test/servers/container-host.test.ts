import { describe, expect, it } from 'vitest';
import { containersWanted, dockerDaemon } from '../../src/servers/container-host.js';

describe('servers in containers', () => {
  it('are started where HOLDFAST_TEST_SERVERS asks for them, and any other value is refused by name', () => {
    expect(containersWanted(undefined)).toBe(false);
    expect(containersWanted('')).toBe(false);
    expect(containersWanted('containers')).toBe(true);
    expect(() => containersWanted('docker')).toThrow("HOLDFAST_TEST_SERVERS is 'docker': it takes 'containers'");
  });

  it('are refused in a sentence where no daemon answers, with what was found as its cause', async () => {
    const found = new Error('Could not find a working container runtime strategy');
    const refused = dockerDaemon(() => Promise.reject(found));
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('no Docker daemon answers: start one') as string, cause: found });
    expect(await dockerDaemon(() => Promise.resolve('runtime'))).toBe('runtime');
  });
});
