/** The kinds of database servers that tests can start. */
export type ServerKind = 'mysql' | 'mariadb' | 'postgres' | 'redis' | 'valkey';

/** What a client needs to know of a server and of one user of it. */
export interface ServerAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** SQL: the database. Redis and Valkey: what every key of this user begins with; empty for the server's own user. */
  readonly space: string;
  /** Scheme, user, host, port and database; never the password. */
  readonly url: string;
  /** The certificate authority, as a PEM file, of a server that takes TLS alone. */
  readonly caFile: string | undefined;
}

export interface TestServer extends ServerAccess, AsyncDisposable {
  readonly kind: ServerKind;

  /** A database, or a key prefix, with a user of its own that sees nothing else: what a test takes of a server that it shares. */
  fresh(): Promise<ServerAccess>;

  /**
   * Runs statements, or Redis commands one a line, by the kind's own command-line client and returns what it prints: fields separated
   * by tabs (PostgreSQL: bars), no headings. Rejects with the client's words where it fails. Without `as` the server's own user runs them.
   */
  query(statements: string, as?: ServerAccess): Promise<string>;

  /** Ends every process of the server at once by SIGKILL, as a lost machine would. Nothing happens where it is ended already. */
  kill(): Promise<void>;

  /** Stops every process of the server by SIGSTOP: connections stay open and nothing answers, until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;

  /** Starts the server again, on the same port and data, and waits until it answers. One that runs is ended in order before. */
  restart(): Promise<void>;

  /** The last of what the server wrote to its log. */
  output(): Promise<string>;

  /** Another server of the same kind that follows this one, and holds what this one holds when the promise resolves. */
  replica(): Promise<ReplicaServer>;
}

export interface ReplicaServer extends TestServer {
  /** Resolves when this server holds all that its primary held at the call. */
  catchUp(): Promise<void>;

  /** Makes it a primary that takes writes, whether the old one lives or not. What it had not received is lost. */
  promote(): Promise<void>;
}

export interface ServerOptions {
  /** The server takes TLS alone, with a certificate for 127.0.0.1 and localhost of an authority made for it. Default: false. */
  readonly tls?: boolean;
  /** More options of the server's own command line. */
  readonly arguments?: readonly string[];
  /** How long a start may take until the server answers. Default: 120 s; MySQL's first start is slow on a busy machine. */
  readonly readyTimeoutMs?: number;
}
