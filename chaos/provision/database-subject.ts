import type { DatabaseService } from '@holdfast/aws-databases';
import { type Arena, emptyArena } from './arena.ts';
import { orderOf } from './order-of.ts';
import { runProvisioner } from './run-provisioner.ts';
import type { Subject } from './subject.ts';

/** A database alone. */
export function databaseSubject(arena: Arena, service: DatabaseService): Subject {
  return {
    aws: arena.aws,
    service,
    empty: () => emptyArena(arena, service),
    run: async (verb, folder, signal) => runProvisioner(await orderOf(arena, service, verb, folder), arena.aws.environment, signal),
  };
}
