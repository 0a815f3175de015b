import type { PasswordChoice } from '@holdfast/core';
import type { DatabaseService } from './config/database-config.js';

/** A database that is there, and how it is reached. Holds no secret: it says where the password is. */
export interface ProvisionedDatabase {
  readonly service: DatabaseService;
  readonly engine: 'mysql' | 'postgres' | 'redis';
  readonly host: string;
  readonly port: number;
  /** Of Redis and Valkey `0`. */
  readonly database: string;
  readonly user: string;
  readonly passwordSource: Extract<PasswordChoice, { readonly from: 'secret' }>;
  /** Always verified. Without a file: by the authorities that every system knows. */
  readonly tls: { readonly caFile: string | undefined };
  /** Of Redis and Valkey: whether it is spoken to as a cluster. */
  readonly cluster: boolean;
}

/** The `catalog` section of the configuration for it. */
export function catalogSection(database: ProvisionedDatabase): Readonly<Record<string, unknown>> {
  const { engine, host, port, user, passwordSource, tls, cluster } = database;
  const { secret, region } = passwordSource;
  const place = engine === 'redis' ? { cluster } : { database: database.database };
  return {
    type: engine,
    host,
    port,
    ...place,
    user,
    passwordSecret: secret,
    ...(region === undefined ? {} : { region }),
    tls: 'verify',
    ...(tls.caFile === undefined ? {} : { tlsCaFile: tls.caFile }),
  };
}
