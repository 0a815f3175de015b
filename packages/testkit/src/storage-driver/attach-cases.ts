import { equal, ok } from 'node:assert/strict';
import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { assertRejects, type ContractCase, contractCase } from '../contract/index.js';
import { attached, attachedTwice, ready, type StorageDriverFixture } from './fixture.js';
import { needsProvision, needsSpoil } from './requirements.js';

export const attachCases: readonly ContractCase<StorageDriverFixture>[] = [
  needsProvision('attach rejects with not-found where the storage was never provisioned, and makes nothing', async ({ driver }) => {
    await assertRejects(driver.attach(), { kind: 'not-found' });
    equal((await driver.inspect()).state, 'absent');
  }),
  needsSpoil('attach refuses a place that cannot be written, and names it and the remedy', async (fixture, spoil) => {
    const driver = await ready(fixture);
    await spoil();
    const error = await assertRejects(driver.attach(), {});
    ok(error.kind !== 'unexpected' && error.kind !== 'aborted', `the kind is ${error.kind}`);
    ok(error.hint !== undefined && error.hint !== '', 'there is no hint');
    const place = driver.name.slice(driver.name.indexOf(':') + 1);
    ok(error.message.includes(place), `'${error.message}' does not name ${place}`);
  }),
  contractCase('root is the absolute path of a directory that takes files, directories and renames', async (fixture) => {
    await using storage = await attached(fixture);
    ok(isAbsolute(storage.root));
    ok((await stat(storage.root)).isDirectory());
    await mkdir(join(storage.root, 'inner'));
    const file = await open(join(storage.root, 'inner', 'new'), 'wx');
    await file.writeFile('content');
    await file.sync();
    await file.close();
    await rename(join(storage.root, 'inner', 'new'), join(storage.root, 'inner', 'file'));
    const directory = await open(join(storage.root, 'inner'));
    await directory.sync();
    await directory.close();
    equal(await readFile(join(storage.root, 'inner', 'file'), 'utf8'), 'content');
  }),
  contractCase('guarantees are complete', async (fixture) => {
    await using storage = await attached(fixture);
    const { scope, atomicRename, durableFsync, compresses, preferredWriteSizeBytes } = storage.guarantees;
    ok(scope === 'machine' || scope === 'shared');
    for (const flag of [atomicRename, durableFsync, compresses]) equal(typeof flag, 'boolean');
    ok(Number.isSafeInteger(preferredWriteSizeBytes) && preferredWriteSizeBytes > 0);
  }),
  contractCase('each attach gives an attachment of its own: detaching one leaves the others working', async (fixture) => {
    const [first, second] = await attachedTwice(fixture);
    await first.detach();
    await writeFile(join(second.root, 'later'), 'later');
    equal((await second.health()).ok, true);
    await second.flush();
    equal(await readFile(join(second.root, 'later'), 'utf8'), 'later');
    await second.detach();
  }),
];
