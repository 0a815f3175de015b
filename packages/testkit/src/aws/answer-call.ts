import { type Answer, answerOf, answerOfFault } from './answer.js';
import { type AwsCall, onlyReads, type RawRequest } from './aws-call.js';
import { AwsFault } from './aws-fault.js';
import { elasticacheHandlers } from './databases/elasticache.js';
import type { DatabaseWorld, Handlers } from './databases/handler.js';
import { memorydbHandlers } from './databases/memorydb.js';
import { rdsHandlers } from './databases/rds.js';
import { refuseGroupInUse } from './databases/security-groups.js';

const own: ReadonlyMap<string, Handlers> = new Map([
  ['rds', rdsHandlers],
  ['elasticache', elasticacheHandlers],
  ['memorydb', memorydbHandlers],
]);

/** Answers calls, here or by moto. Those that change something are done one after the other for each service. */
export function callAnswerer(world: DatabaseWorld): (call: AwsCall, raw: RawRequest) => Promise<Answer> {
  const queues = new Map<string, Promise<unknown>>();
  return (call, raw) => {
    if (onlyReads(call.operation)) return answer(call, raw, world);
    const turn = (queues.get(call.service) ?? Promise.resolve()).then(() => answer(call, raw, world));
    queues.set(
      call.service,
      turn.catch(() => undefined),
    );
    return turn;
  };
}

async function answer(call: AwsCall, raw: RawRequest, world: DatabaseWorld): Promise<Answer> {
  try {
    const handlers = own.get(call.service);
    if (handlers !== undefined) return answerOf(call, await handled(call, handlers, world));
    if (call.service === 'ec2') refuseGroupInUse(call, world.store);
    return await world.moto.forward(raw);
  } catch (error) {
    if (error instanceof AwsFault) return answerOfFault(call, error);
    return answerOfFault(call, new AwsFault('InternalFailure', `the fake AWS failed at ${call.service}:${call.operation}: ${String(error)}`, 500));
  }
}

function handled(call: AwsCall, handlers: Handlers, world: DatabaseWorld): ReturnType<NonNullable<Handlers[string]>> {
  const handler = handlers[call.operation];
  if (handler === undefined)
    throw new AwsFault('InvalidAction', `${call.service}:${call.operation} is not known to the fake AWS of Holdfast's tests`);
  return handler(call, world);
}
