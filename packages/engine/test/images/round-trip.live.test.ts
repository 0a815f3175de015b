import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isStored } from '../../src/images/image-names.js';
import { RebuiltImages } from '../../src/images/rebuilt-images.js';
import { StagedImages } from '../../src/images/staged-images.js';
import { Machine, until } from '../container/machine.js';
import { readerOf } from './folder-checkpoint.js';

const programs: readonly (readonly [string, string])[] = [
  [
    'a child forked without exec, with a large heap',
    `import os, time
block = [bytes([n % 251]) * 4096 for n in range(5000)]
pid = os.fork()
block[7] = b'x' * 4096 if pid else b'y' * 4096
print('ready', flush=True)
while True: time.sleep(0.1)
`,
  ],
  [
    'shared anonymous memory of two processes',
    `import mmap, os, time
shared = mmap.mmap(-1, 3 << 20); shared[4096:4106] = b'0123456789'; shared[2 << 20] = 7
os.fork(); print('ready', flush=True)
while True: shared[0] = (shared[0] + 1) % 256; time.sleep(0.01)
`,
  ],
  [
    'threads',
    `import threading, time
def work(): 
    block = bytearray(1 << 20)
    while True: block[5] = 1; time.sleep(0.01)
for _ in range(4): threading.Thread(target=work, daemon=True).start()
print('ready', flush=True); time.sleep(1000)
`,
  ],
  [
    'System V shared memory and a deleted file',
    `import ctypes, os, time
libc = ctypes.CDLL(None); libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0, 1 << 20, 0o1600); at = libc.shmat(segment, None, 0); ctypes.memset(at, 65, 100000)
f = open('gone', 'wb+'); f.write(os.urandom(100000)); f.flush(); os.unlink('gone')
print('ready', flush=True); time.sleep(1000)
`,
  ],
];

test.each(programs)('the images of %s come back byte for byte, and so does the job', async (_, program) => {
  await using machine = await Machine.open();
  machine.write('job.py', program);
  const container = await machine.start(['python3', 'job.py']);
  await until(() => machine.read().includes('ready'));
  const saved = await machine.save(container);
  await container.dispose();
  const objects = await new StagedImages(saved.imagesDirectory).objects();
  expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length);
  const rebuilt = join(machine.base, 'rebuilt');
  await new RebuiltImages(rebuilt).write(await readerOf(objects));
  const names = readdirSync(saved.imagesDirectory).filter(isStored).sort();
  expect(readdirSync(rebuilt).sort()).toEqual(names);
  for (const name of names) expect(readFileSync(join(rebuilt, name)).equals(readFileSync(join(saved.imagesDirectory, name))), name).toBe(true);
  const again = await machine.restore({ ...saved, imagesDirectory: rebuilt });
  await again.dispose();
});
