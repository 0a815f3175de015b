import { readFileSync } from 'node:fs';
import { until } from '../container/machine.js';
import { expect, test } from 'vitest';
import { nextEvent, openWorkshop } from '../run/workshop.js';

const promisesAnything = readFileSync('/proc/sys/vm/overcommit_memory', 'latin1').trim() === '1';

test.skipIf(promisesAnything)(
  'a job that keeps more addresses free than the machine has memory is resumed with all of its memory first, and told why',
  async () => {
    await using workshop = await openWorkshop();
    const machine = await workshop.machine('a', { job: { resume: 'lazy' } });
    const keeps = `import ctypes, time; c = ctypes.CDLL(None); c.mmap.restype = ctypes.c_void_p
assert c.mmap(None, ctypes.c_size_t(1 << 43), 0, 0x22, -1, 0) not in (None, 2**64 - 1)
print("keeps", flush=True); time.sleep(600)`;
    const first = await workshop.run(machine, { script: `exec python3 -c '${keeps}'` });
    await until(async () => (await workshop.output()).includes('keeps'));
    expect(await first.stop()).toMatchObject({ outcome: 'stopped' });
    const second = await workshop.run(machine, { script: 'true' });
    expect(second.resumedFrom).toBe(1);
    expect(await nextEvent(second, 'resume.eager')).toMatchObject({ reason: expect.stringContaining('8192.0 GiB of addresses free') as string });
    await second.kill();
  },
);
