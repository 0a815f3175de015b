import { equal, ok } from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { attached, type StorageDriverFixture } from './fixture.js';
import { needsSpoil } from './requirements.js';

/** What health may take at most, by contract. */
const healthLimitMs = 3500;

/** What the answer of `watchTrouble` may take at most, by contract. */
const troubleLimitMs = 5000;

export const attachmentCases: readonly ContractCase<StorageDriverFixture>[] = [
  contractCase('health of good storage is ok, with the time that it took', async (fixture) => {
    await using storage = await attached(fixture);
    const { ok: good, latencyMs, reason } = await storage.health();
    equal(good, true);
    ok(latencyMs >= 0 && Number.isFinite(latencyMs));
    equal(reason, undefined);
  }),
  needsSpoil('health of bad storage resolves with a reason', async (fixture, spoil) => {
    const storage = await attached(fixture);
    await spoil();
    const { ok: good, reason } = await storage.health();
    equal(good, false);
    ok(reason !== undefined && reason !== '');
  }),
  {
    promise: 'health of storage that hangs answers within 3.5 s, without blocking this process',
    run: async (fixture) => {
      if (fixture.hang === undefined) return { notApplicable: 'the fixture cannot make this storage hang' };
      const storage = await attached(fixture);
      await using _ = await fixture.hang();
      const startedAt = performance.now();
      // More at once than the file system's threads of this process: none of them may be lost to a mount that hangs.
      const answers = await Promise.all(Array.from({ length: 5 }, () => storage.health()));
      const tookMs = performance.now() - startedAt;
      ok(
        answers.every((answer) => !answer.ok && answer.reason !== undefined),
        'it called hung storage healthy',
      );
      ok(tookMs <= healthLimitMs, `it took ${Math.round(tookMs)} ms`);
      await readFile('/proc/self/stat');
      return undefined;
    },
  },
  {
    promise: 'what is wrong with storage that hangs is told within 5 s, with a remedy; of good storage nothing is told',
    run: async (fixture) => {
      const storage = await attached(fixture);
      if (storage.watchTrouble === undefined) return { notApplicable: 'it can tell no more than its file system does' };
      const tell = await storage.watchTrouble();
      equal(await tell(), undefined);
      if (fixture.hang === undefined) return undefined;
      await using _ = await fixture.hang();
      const startedAt = performance.now();
      const trouble = await tell();
      const tookMs = performance.now() - startedAt;
      ok(trouble?.hint !== undefined && trouble.message !== '', 'it tells nothing of storage that hangs');
      ok(tookMs <= troubleLimitMs, `it took ${Math.round(tookMs)} ms`);
      return undefined;
    },
  },
  contractCase('usage tells size and free space, or is refused where the capability is false', async (fixture) => {
    await using storage = await attached(fixture);
    if (!fixture.driver.capabilities.usage) {
      await assertRejects(storage.usage(), { code: 'HF_UNSUPPORTED', kind: 'unsupported' });
      return;
    }
    const { totalBytes, freeBytes } = await storage.usage();
    ok(Number.isSafeInteger(totalBytes) && totalBytes > 0);
    ok(Number.isSafeInteger(freeBytes) && freeBytes >= 0 && freeBytes <= totalBytes);
  }),
  contractCase('flush resolves with nothing to flush, after a write, and when repeated', async (fixture) => {
    await using storage = await attached(fixture);
    await storage.flush();
    await writeFile(join(storage.root, 'written'), new Uint8Array(1_000_000));
    await storage.flush();
    await storage.flush();
    equal((await readFile(join(storage.root, 'written'))).length, 1_000_000);
  }),
  contractCase('detach leaves the files', async (fixture) => {
    const storage = await attached(fixture);
    await writeFile(join(storage.root, 'stays'), 'stays');
    await storage.detach();
    await using again = await fixture.driver.attach();
    equal(await readFile(join(again.root, 'stays'), 'utf8'), 'stays');
  }),
  contractCase('a repeated detach resolves', async (fixture) => {
    const storage = await attached(fixture);
    await storage.detach();
    await storage.detach();
    await storage[Symbol.asyncDispose]();
  }),
];
