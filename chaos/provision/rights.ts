import { join } from 'node:path';
import type { DatabaseService } from '@holdfast/aws-databases';
import { type Arena, emptyArena } from './arena.ts';
import { orderOf } from './order-of.ts';
import { runProvisioner } from './run-provisioner.ts';

/** Takes away one right after the other. Gives how many; throws where a provisioner does not end at once and name the right. */
export async function takeRights(arena: Arena, service: DatabaseService, folder: string): Promise<number> {
  await emptyArena(arena, service);
  await runProvisioner(await orderOf(arena, service, 'provision', join(folder, 'right')), arena.aws.environment);
  const rights = new Set(arena.aws.log().map((call) => `${call.service}:${call.operation}`));
  for (const right of rights) {
    await emptyArena(arena, service);
    arena.aws.script({ on: right, times: Number.POSITIVE_INFINITY, effect: { kind: 'deny' } });
    const order = await orderOf(arena, service, 'provision', join(folder, `right-${right.replace(':', '-')}`));
    const { ok, said } = await runProvisioner(order, arena.aws.environment);
    const asked = arena.aws.log().filter((call) => `${call.service}:${call.operation}` === right).length;
    if (ok || !said.includes('HF_CLOUD_DENIED') || !said.includes(right) || asked !== 1) {
      throw new Error(`without the right to ${right}, asked for ${asked} times: ${said}`);
    }
  }
  return rights.size;
}
