import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { heldBytes, unreadableBytesOf } from '../../src/cover/unreadable-memory.js';

const mib = 1024 * 1024;

/** What is written, given up the right to, and only reserved, in MiB. */
async function bytesOf(written: number, given: number, reserved: number): Promise<number> {
  const source = `import ctypes, sys
c = ctypes.CDLL(None); c.mmap.restype = ctypes.c_void_p
m = 1 << 20
a = c.mmap(None, ctypes.c_size_t(${written} * m), 3, 0x22, -1, 0); ctypes.memset(ctypes.c_void_p(a), 90, ${written} * m)
c.mprotect(ctypes.c_void_p(a), ctypes.c_size_t(${given} * m), 0)
c.mmap(None, ctypes.c_size_t(${reserved} * m), 0, 0x22, -1, 0)
print("there", flush=True); sys.stdin.read()`;
  const child = spawn('python3', ['-c', source], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    return await unreadableBytesOf([child.pid ?? 0]);
  } finally {
    child.stdin.end();
  }
}

test('what a process holds where it may not read is counted, not what it only reserves', async () => {
  expect(await bytesOf(40, 32, 4096)).toBe(32 * mib);
  expect(await bytesOf(40, 0, 4096)).toBe(0);
});

test('what cannot be much is not looked into, and a process that is gone holds nothing', async () => {
  expect(await bytesOf(12, 12, 0)).toBe(0);
  expect(await unreadableBytesOf([2 ** 22 + 1])).toBe(0);
});

test('shared areas and readable ones do not count; what is swapped does', () => {
  const area = (rights: string): string =>
    `7f0000000000-7f0000001000 ${rights} 00000000 00:00 0 \nSize:  4 kB\nRss:   3 kB\nSwap:   2 kB\nSwapPss:  1 kB\n`;
  expect(heldBytes(['---p', '---s', 'rw-p', '--xp', '-w-p', 'r--p'].map(area).join(''))).toBe(3 * 5 * 1024);
});
