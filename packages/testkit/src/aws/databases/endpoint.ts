/** A user of a database, with what a real server needs to know it. */
export interface DatabaseUser {
  readonly name: string;
  /** Empty: none is asked for. */
  readonly passwords: readonly string[];
  /** Of Redis' kind: the rights, as in `on ~* &* +@all`. */
  readonly accessString?: string;
}

/** A database that was just made, for whoever makes it real. */
export interface MadeDatabase {
  readonly service: 'rds' | 'elasticache' | 'memorydb';
  readonly identifier: string;
  /** As the call says: `mysql`, `postgres`, `mariadb`, `redis`, `valkey`. */
  readonly engine: string;
  /** The database that is made with it: RDS's `DBName`. */
  readonly database: string | undefined;
  /** RDS: its master. ElastiCache: `default` with the token, or the users of its groups. MemoryDB: the users of its access list. */
  readonly users: readonly DatabaseUser[];
  readonly tls: boolean;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** The password that RDS "generates" for its master in Secrets Manager. Default: a random one. */
  readonly masterPassword?: string;
}

/** Where a database is really reached: always the same, or what a function says that may make users and databases there first. */
export type EndpointSource = Endpoint | ((made: MadeDatabase) => Endpoint | Promise<Endpoint>);

export type EndpointSources = { readonly [service in MadeDatabase['service']]?: EndpointSource };

/** Undefined where nothing real stands behind it: then it gets a name as AWS gives it, which leads nowhere. */
export async function endpointOf(sources: EndpointSources, made: MadeDatabase): Promise<Endpoint | undefined> {
  const source = sources[made.service];
  return typeof source === 'function' ? source(made) : source;
}
