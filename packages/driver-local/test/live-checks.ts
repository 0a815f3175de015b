import { execFile } from 'node:child_process';
import { mkdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isHoldfastError, layerDriver, type StorageDriver } from '@holdfast/core';
import { local } from '@holdfast/driver-local';
import { runCase } from '@holdfast/testkit/contract';
import { storageDriverCases } from '@holdfast/testkit/storage-driver';

/**
 * The program of driver.live.test.ts: runs the check named where `base` is a new directory and mounts are this process's own,
 * and prints what it found.
 */
const checks: Readonly<Record<string, (base: string) => Promise<unknown>>> = {
  readOnly: async (base) => {
    const path = await mounted(base, 'tmpfs', 'ro');
    return refusal(driver(path).attach());
  },
  full: async (base) => {
    const path = await mounted(base, 'tmpfs', 'size=64k');
    await writeFile(join(path, 'filler'), new Uint8Array(64 * 1024));
    return refusal(driver(path).attach());
  },
  noInodes: async (base) => {
    const path = await mounted(base, 'tmpfs', 'nr_inodes=2');
    await writeFile(join(path, 'filler'), '');
    return refusal(driver(path).attach());
  },
  becomesReadOnly: async (base) => {
    const path = await mounted(base, 'tmpfs', 'rw');
    const attached = await driver(path).attach();
    await run('mount', ['-o', 'remount,ro', path]);
    return (await attached.health()).reason;
  },
  volatile: async (base) => {
    const attached = await driver(await mounted(base, 'tmpfs', 'rw')).attach();
    return attached.guarantees.durableFsync;
  },
  mountInside: async (base) => {
    const path = join(base, 'storage');
    const storage = driver(path);
    await storage.provision();
    const inner = join(path, 'a b');
    await mkdir(inner);
    await run('mount', ['-t', 'tmpfs', 'none', inner]);
    await writeFile(join(inner, 'precious'), '');
    const refused = await refusal(storage.destroy({ force: true }));
    return { ...refused, kept: (await stat(join(inner, 'precious'))).isFile() };
  },
  hang: async (base) => {
    const path = await mountedXfs(base);
    const hanging = storageDriverCases.find(({ promise }) => promise.startsWith('health of storage that hangs'));
    if (hanging === undefined) throw new Error('the suite has no case of hanging storage');
    await runCase(hanging, async () => ({
      driver: driver(path),
      hang: async () => {
        await run('fsfreeze', ['-f', path]);
        return { [Symbol.asyncDispose]: () => run('fsfreeze', ['-u', path]) };
      },
      [Symbol.asyncDispose]: async () => {},
    }));
    return 'kept';
  },
  hungAttach: async (base) => {
    const path = await mountedXfs(base);
    await run('fsfreeze', ['-f', path]);
    try {
      return await refusal(layerDriver(driver(path), { timeoutsMs: { attach: 1500 }, retry: { retries: 0 } }).attach());
    } finally {
      await run('fsfreeze', ['-u', path]);
    }
  },
};

function driver(path: string): StorageDriver {
  return local().create({ type: 'local', path });
}

async function mounted(base: string, type: string, options: string): Promise<string> {
  const path = join(base, 'storage');
  await mkdir(path, { mode: 0o700 });
  await run('mount', ['-t', type, '-o', `mode=0700,${options}`, 'none', path]);
  return path;
}

async function mountedXfs(base: string): Promise<string> {
  const path = join(base, 'storage');
  const image = join(base, 'image');
  await mkdir(path, { mode: 0o700 });
  await writeFile(image, '');
  await truncate(image, 512 * 1024 * 1024);
  await run('mkfs.xfs', ['-q', image]);
  await run('mount', ['-o', 'loop', image, path]);
  await rm(image);
  return path;
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(program, [...args], { timeout: 30_000 });
}

async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string; hint: string | undefined }> {
  try {
    await call;
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    const { code, message, hint } = error;
    return { code, message, hint };
  }
  throw new Error('it was not refused');
}

const [, , name = '', base = ''] = process.argv;
const check = checks[name];
if (check === undefined) throw new Error(`there is no check '${name}'`);
process.stdout.write(JSON.stringify({ found: await check(base) }));
