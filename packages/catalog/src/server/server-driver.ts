import { type CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from 'kysely';
import type { ConnectionPool, PooledConnection } from './connection-pool.js';

export interface ServerDriverOptions {
  readonly pool: ConnectionPool;
  /** Whether an error means that this and all other sessions lead to a server that is gone, or takes no writes. */
  readonly isLost: (error: unknown) => boolean;
}

/** The query builder's driver over a pool of sessions of any database server. */
export class ServerDriver implements Driver {
  readonly #options: ServerDriverOptions;

  constructor(options: ServerDriverOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SessionConnection> {
    return new SessionConnection(await this.#options.pool.acquire(), (error) => this.#look(error));
  }

  async beginTransaction(connection: SessionConnection): Promise<void> {
    await connection.run('begin');
  }

  async commitTransaction(connection: SessionConnection): Promise<void> {
    await connection.run('commit');
  }

  /** Never waits for a statement that still runs: the server undoes what a closed session began. */
  async rollbackTransaction({ pooled, run }: SessionConnection): Promise<void> {
    if (pooled.isBusy()) pooled.close();
    if (pooled.isUsable()) await run('rollback').catch(() => pooled.close());
  }

  async releaseConnection({ pooled }: SessionConnection): Promise<void> {
    if (pooled.isBusy()) pooled.close();
    this.#options.pool.release(pooled);
  }

  async destroy(): Promise<void> {
    await this.#options.pool[Symbol.asyncDispose]();
  }

  #look(error: unknown): boolean {
    const lost = this.#options.isLost(error);
    if (lost) this.#options.pool.dropAll();
    return lost;
  }
}

class SessionConnection implements DatabaseConnection {
  readonly pooled: PooledConnection;
  readonly #isLost: (error: unknown) => boolean;

  constructor(pooled: PooledConnection, isLost: (error: unknown) => boolean) {
    this.pooled = pooled;
    this.#isLost = isLost;
  }

  readonly run = async (sql: string, parameters: readonly unknown[] = []): Promise<QueryResult<unknown>> => {
    try {
      return await this.pooled.query(sql, parameters);
    } catch (error) {
      if (this.#isLost(error)) this.pooled.close();
      throw error;
    }
  };

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what rows are of is the query builder's word
    return (await this.run(sql, parameters)) as QueryResult<R>;
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('the catalog streams no rows');
  }
}
