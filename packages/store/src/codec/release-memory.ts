/**
 * Gives the memory of a large buffer back at once; small ones may be part of a pool. A thread with a small heap collects its garbage late: hundreds of such
 * buffers would lie about, each in memory that the system had to clear, where one is enough.
 */
export function releaseMemory({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > 65_536) buffer.transfer(0);
}
