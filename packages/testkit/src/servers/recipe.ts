import type { ServerAccess, ServerKind } from './server.js';
import type { Certificates } from './certificates.js';

/** What is fixed before a server starts, and stays so over its restarts. */
export interface Place {
  /** Of this server alone, gone with it. */
  readonly folder: string;
  readonly owner: ServerAccess;
  readonly certificates: Certificates | undefined;
  /** No two servers of one process have the same. */
  readonly number: number;
  /** The server that this one follows, or shares its owner's password, users and authority with. */
  readonly primary: Place | undefined;
}

/** A command-line client: what it is started with. Statements are its standard input. */
export interface ClientCall {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What it takes to choose a server's place and to run it there. */
export interface HostRecipe {
  readonly ownerName: string;
  readonly ownerSpace: string;
  /** What the server takes as the wish to end in order. */
  readonly stopSignal: NodeJS.Signals;
  url(access: Omit<ServerAccess, 'url'>): string;
  /** Fills the folder `data`, which is there and the server's, and makes the files that the server reads; once. */
  prepare(place: Place, timeoutMs: number): Promise<void>;
  command(place: Place): readonly string[];
  /** Asked at each start. */
  environment?(place: Place): Readonly<Record<string, string>>;
  readonly container: ContainerRecipe;
}

/** All that differs from one kind of database server to the next. */
export interface Recipe extends HostRecipe {
  readonly kind: ServerKind;
  client(access: ServerAccess): ClientCall;
  /** Whether the client, although it ended well, tells of a failure. */
  failed?(output: string, errors: string): boolean;
  /** A statement that any server answers that is ready for its owner. */
  readonly ping: string;
  /** Makes a user with a space of its own, both of the given name. */
  makeSpace(name: string, password: string): string;
  readonly replication: Replication;
}

/** The same server from its official image. */
export interface ContainerRecipe {
  readonly image: string;
  readonly port: number;
  /** Where the image makes another owner than the recipe's. */
  readonly ownerName?: string;
  readonly environment: (owner: ServerAccess) => Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** Files in it, content by path. */
  readonly files?: (owner: ServerAccess) => Readonly<Record<string, string>>;
}

/** How one server follows another. */
export interface Replication {
  /** Statements for a new server that is to follow the given one; empty where `prepare` did all. */
  follow(primary: Place): string;
  /** Asked of a primary: how far is it? */
  readonly position: string;
  /** Asked of a follower. */
  progress(position: string): string;
  /** Whether the follower's answer says that it has what the primary had at that position. */
  reached(answer: string, position: string): boolean;
  readonly promote: string;
}
