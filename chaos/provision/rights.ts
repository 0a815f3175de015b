import { join } from 'node:path';
import type { Subject } from './subject.ts';

/**
 * Takes away one right after the other. Gives how many; throws where a provisioner does not end at once and name the right. Of S3's the JuiceFS client
 * asks for some itself, more than once: there the denial is told, and no more.
 */
export async function takeRights(subject: Subject, folder: string): Promise<number> {
  const { aws } = subject;
  await subject.empty();
  await subject.run('provision', join(folder, 'right'));
  const rights = new Set(aws.log().map((call) => `${call.service}:${call.operation}`));
  for (const right of rights) {
    await subject.empty();
    // One right is for both of S3's operations.
    aws.script({ on: right === 's3:DeleteObject' ? 's3:DeleteObject*' : right, times: Number.POSITIVE_INFINITY, effect: { kind: 'deny' } });
    const { ok, said } = await subject.run('provision', join(folder, `right-${right.replace(':', '-')}`));
    const asked = aws.log().filter((call) => `${call.service}:${call.operation}` === right).length;
    const isNamed = right.startsWith('s3:') || (said.includes(right) && asked === 1);
    if (ok || !said.includes('HF_CLOUD_DENIED') || !isNamed) throw new Error(`without the right to ${right}, asked for ${asked} times: ${said}`);
  }
  return rights.size;
}
