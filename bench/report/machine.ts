import { readFile } from 'node:fs/promises';
import { availableParallelism, release, totalmem } from 'node:os';

/** What figures of this machine must be read with. */
export function machine(): string {
  return `${availableParallelism()} CPUs, ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}, Node ${process.version}.`;
}

/** What programs can still take of this machine's memory, by the kernel's own estimate. */
export async function availableMib(): Promise<number> {
  const [, kib = '0'] = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8')) ?? [];
  return Number(kib) / 1024;
}
