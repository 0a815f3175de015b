import type { DatabasePorts, SqlPort } from '@holdfast/aws-databases';

export class Stopped extends Error {}

/** Calls go through until the n-th, which is the last: it rejects, before or after it had its effect, and so does all that follows, as after a kill. */
export function stopAt(ports: DatabasePorts, n: number, when: 'before' | 'after'): { readonly ports: DatabasePorts; readonly calls: () => number } {
  let calls = 0;
  const counted = async (run: () => Promise<unknown>): Promise<unknown> => {
    calls += 1;
    if (calls > n || (calls === n && when === 'before')) throw new Stopped();
    const result = await run();
    if (calls === n) throw new Stopped();
    return result;
  };
  const around = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, key): unknown => {
        const value: unknown = Reflect.get(object, key);
        if (typeof value === 'function') return async (...given: unknown[]) => counted(async () => Reflect.apply(value, object, given) as unknown);
        return typeof value === 'object' && value !== null ? around(value) : value;
      },
    });
  const sql: SqlPort = {
    connect: async (target, call) => {
      const session = (await counted(async () => ports.sql.connect(target, call))) as Awaited<ReturnType<SqlPort['connect']>>;
      return {
        query: async (statement, parameters) =>
          (await counted(async () => session.query(statement, parameters))) as Readonly<Record<string, unknown>>[],
        [Symbol.asyncDispose]: async () => session[Symbol.asyncDispose](),
      };
    },
  };
  const { network, secrets, rds, elasticache, memorydb, fetchText } = ports;
  // The proxy itself, not a copy: a copy would be of what is behind it.
  const wrapped = around({ network, secrets, rds, elasticache, memorydb, fetchText });
  const all = Object.create(wrapped, { sql: { value: sql } }) as DatabasePorts;
  return { ports: all, calls: () => calls };
}
