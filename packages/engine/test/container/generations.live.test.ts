import { expect, test } from 'vitest';
import { Machine, until } from './machine.js';

const counter = 'i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); echo $i; sleep 0.02; if [ -e stop ]; then exit 7; fi; done';

test('a counter goes on through three generations, each in a new container, and ends with its own status', async () => {
  await using machine = await Machine.open();
  let container = await machine.start(['sh', '-c', counter]);
  for (let generation = 1; generation <= 3; generation++) {
    const reached = machine.lines().length;
    await until(() => machine.lines().length > reached + 5);
    container = await machine.nextLife(container);
    expect(container.notes).toEqual([]);
  }
  const reached = machine.lines().length;
  await until(() => machine.lines().length > reached + 5);
  machine.write('stop', '');
  expect(await container.exited).toEqual({ exitCode: 7, signal: undefined });
  await container.dispose();
  const numbers = machine.lines().map(Number);
  // What was printed between a snapshot and the kill comes again; nothing is left out.
  let seen = 0;
  for (const number of numbers) {
    expect(number).toBeLessThanOrEqual(seen + 1);
    seen = Math.max(seen, number);
  }
  expect(seen).toBeGreaterThan(20);
  expect(machine.read(`${machine.base}/stderr`)).toBe('');
});

test('pipes of several processes and threads come back, and the answer is the same', async () => {
  await using machine = await Machine.open();
  machine.write(
    'threads.py',
    `import os, threading, time, sys
counts = [0] * 4
def work(n):
    for step in range(150):
        while step == 100 and not os.path.exists('finish'): time.sleep(0.01)
        counts[n] += 1
        time.sleep(0.01)
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
sys.stdout.write(' '.join(map(str, counts)) + '\\n')
`,
  );
  let container = await machine.start([
    'bash',
    '-o',
    'pipefail',
    '-c',
    'python3 threads.py | tr " " "\\n" | while read n; do echo $((n + 1)); done | sort | uniq -c | sed "s/^ *//"; exit 3',
  ]);
  container = await machine.nextLife(container);
  container = await machine.nextLife(container);
  machine.write('finish', '');
  expect(await container.exited).toEqual({ exitCode: 3, signal: undefined });
  expect(machine.read()).toBe('4 151\n');
});

test('node 24 comes back: io_uring is answered with "not available"', async () => {
  await using machine = await Machine.open();
  machine.write(
    'job.mjs',
    `import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
for (let i = 1; i <= 120; i++) {
  while (i === 100 && !existsSync('finish')) await new Promise((r) => setTimeout(r, 10));
  await writeFile('state', String(i));
  if (Number(await readFile('state', 'utf8')) !== i) process.exit(9);
  await new Promise((r) => setTimeout(r, 10));
}
console.log('done');
`,
  );
  let container = await machine.start([process.execPath, 'job.mjs'], { environment: { UV_USE_IO_URING: '1' } });
  await until(() => machine.read(`${machine.cwd}/state`).length > 1);
  container = await machine.nextLife(container);
  container = await machine.nextLife(container);
  machine.write('finish', '');
  expect(await container.exited).toEqual({ exitCode: 0, signal: undefined });
  expect(machine.read()).toBe('done\n');
});
