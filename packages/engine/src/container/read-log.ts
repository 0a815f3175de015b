import { open } from 'node:fs/promises';

const halfBytes = 512 * 1024;

/** A log's beginning and end; empty where it is not there. Of a log that CRIU wrote in a loop nobody needs the middle. */
export async function readLog(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    if (size <= 2 * halfBytes) return (await file.readFile()).toString('utf8');
    const [head, tail] = [Buffer.alloc(halfBytes), Buffer.alloc(halfBytes)];
    await file.read(head, 0, halfBytes, 0);
    await file.read(tail, 0, halfBytes, size - halfBytes);
    return `${head.toString('utf8')}\n${tail.toString('utf8')}`;
  } finally {
    await file.close();
  }
}

export async function readLogs(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(readLog))).join('\n');
}
