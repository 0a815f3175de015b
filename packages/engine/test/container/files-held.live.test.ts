import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Machine, until } from './machine.js';

test('counters in memory, an unlinked file, a mapped file and a file agree after each of three resumes', async () => {
  await using machine = await Machine.open();
  machine.write(
    'job.py',
    `import mmap, os, struct, time
plain = open('plain', 'wb+', buffering=0)
gone = open('gone', 'wb+', buffering=0); os.unlink('gone')
with open('mapped', 'wb+') as f: f.write(bytes(4096))
fd = os.open('mapped', os.O_RDWR); mapped = mmap.mmap(fd, 4096)
n = 0
while not os.path.exists('stop'):
    n += 1
    for f in (plain, gone): os.pwrite(f.fileno(), struct.pack('<q', n), 0)
    mapped[0:8] = struct.pack('<q', n)
    counts = {n, struct.unpack('<q', os.pread(plain.fileno(), 8, 0))[0], struct.unpack('<q', os.pread(gone.fileno(), 8, 0))[0], struct.unpack('<q', mapped[0:8])[0]}
    if len(counts) != 1: print('torn', counts); raise SystemExit(9)
    if n % 50 == 0: print(n, flush=True)
    time.sleep(0.001)
`,
  );
  let container = await machine.start(['python3', 'job.py']);
  for (let life = 0; life < 3; life++) {
    const before = machine.lines().length;
    await until(() => machine.lines().length > before);
    container = await machine.nextLife(container);
  }
  machine.write('stop', '');
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  expect(machine.read()).not.toContain('torn');
});

test('a file that lost the name it was opened by, but has another, is found again by a new container', async () => {
  await using machine = await Machine.open();
  machine.write(
    'job.py',
    `import os, time
f = open('first', 'wb+', buffering=0); f.write(b'held')
os.link('first', 'second'); os.unlink('first')
print('ready', flush=True)
while not os.path.exists('stop'): time.sleep(0.01)
f.write(b' on')
a, b = os.fstat(f.fileno()), os.stat('second')
print((a.st_dev, a.st_ino) == (b.st_dev, b.st_ino), open('second').read(), a.st_nlink, sorted(os.listdir('.')))
`,
  );
  let container = await machine.start(['python3', 'job.py']);
  await until(() => machine.read().includes('ready'));
  container = await machine.nextLife(container);
  container = await machine.nextLife(container);
  machine.write('stop', '');
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  expect(machine.lines().at(-1)).toBe("True held on 1 ['job.py', 'second', 'stop']");
  expect(readdirSync(machine.cwd).filter((name) => name.startsWith('link_remap'))).toEqual([]);
});

test('named semaphores, queues and shared memory of several processes go on', async () => {
  await using machine = await Machine.open();
  machine.write(
    'job.py',
    `import multiprocessing as mp, os, time
from multiprocessing import shared_memory
def work(lock, semaphore, queue, name):
    memory = shared_memory.SharedMemory(name=name)
    for n in range(100):
        while n == 60 and not os.path.exists('finish'): time.sleep(0.01)
        with lock: memory.buf[0] += 1
        semaphore.release(); time.sleep(0.01)
    queue.put(sum(1 for _ in range(100)))
if __name__ == '__main__':
    context = mp.get_context('fork')
    lock, semaphore, queue = context.Lock(), context.Semaphore(0), context.Queue()
    memory = shared_memory.SharedMemory(create=True, size=4096)
    workers = [context.Process(target=work, args=(lock, semaphore, queue, memory.name)) for _ in range(2)]
    [w.start() for w in workers]
    for _ in range(200): semaphore.acquire()
    print(memory.buf[0], queue.get() + queue.get())
    [w.join() for w in workers]; memory.close(); memory.unlink()
`,
  );
  let container = await machine.start(['python3', 'job.py']);
  container = await machine.nextLife(container);
  container = await machine.nextLife(container);
  machine.write('finish', '');
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  expect(machine.read()).toBe('200 200\n');
  expect(readdirSync(join(machine.base, 'shm'))).toEqual([]);
});
