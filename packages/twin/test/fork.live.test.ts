import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { startTwinHelper } from '@holdfast/twin';
import { describe, expect, test, vi } from 'vitest';
import { Job, program } from './job.js';

function counters(pid: number, addresses: readonly string[]): readonly bigint[] {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const bytes = Buffer.alloc(8);
  const numbers = addresses.map((address) => {
    readSync(memory, bytes, 0, 8, BigInt(address));
    return bytes.readBigUInt64LE();
  });
  closeSync(memory);
  return numbers;
}

describe.each(['v1', 'v2'] as const)('freezer %s', (kind) => {
  test('a twin shows the memory of the freeze while the job runs on, and is gone after the drop', async () => {
    await using job = new Job('counter', ['8'], { kind });
    const addresses = (await job.line()).split(' ');
    await using helper = await startTwinHelper({ program });
    for (let round = 0; round < 3; round++) {
      await job.freeze();
      const frozen = counters(job.pid, addresses);
      const [twin, ...others] = await helper.fork({
        freezer: job.freezer,
        pids: job.members(),
        twinGroupDirectories: [job.twinGroup],
        deadlineMs: 20_000,
      });
      expect(others).toEqual([]);
      expect(twin?.pid).toBe(job.pid);
      expect(job.isFrozen()).toBe(true);
      expect(job.members()).toEqual([job.pid]);
      expect(counters(job.pid, addresses)).toEqual(frozen);
      await job.thaw();
      await vi.waitFor(() => expect(counters(job.pid, addresses)[0]).toBeGreaterThan(frozen[0] ?? 0n), { timeout: 30_000, interval: 5 });
      expect(counters(twin?.twinPid ?? 0, addresses)).toEqual(frozen);
      expect(readFileSync(`/proc/${twin?.twinPid}/comm`, 'utf8')).toBe('holdfast-twin\n');
      expect(execFileSync('ls', [`/proc/${twin?.twinPid}/fd`], { encoding: 'utf8' })).toBe('');
      await helper.drop({ freezer: job.freezer, frozen: false, deadlineMs: 20_000 });
      expect(existsSync(`/proc/${twin?.twinPid}`)).toBe(false);
    }
    job.signal('SIGUSR1');
    const [first, last] = (await job.line()).split(' ');
    expect(first).toBe(last);
  });
});
