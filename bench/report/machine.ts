import { availableParallelism, release, totalmem } from 'node:os';

/** What figures of this machine must be read with. */
export function machine(): string {
  return `${availableParallelism()} CPUs, ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}, Node ${process.version}.`;
}
