import type { Random } from '../../power-loss/random.ts';

/** What a catalog is opened with in another process. */
export interface CatalogChoice {
  /** Of the catalog's plugin. */
  readonly type: string;
  readonly section: unknown;
}

/** The catalog that the contenders of a campaign share. */
export interface Arena extends AsyncDisposable {
  readonly kind: string;
  readonly catalog: CatalogChoice;
  /** For the environment of whoever opens it. */
  readonly password: string | undefined;
  /** Lets something befall the server while processes race for this job; tells what. Undefined where there is no server. It answers again when this resolves. */
  readonly trouble?: ((random: Random, job: string) => Promise<string>) | undefined;
  /** Kills the server, or of a cluster the node that has this job, and starts it again. */
  readonly kill?: ((random: Random, job: string) => Promise<void>) | undefined;
  /** Starts a replica. The function that it gives loses the server with its last writes, and promotes the replica, which did not get them. */
  readonly prepareFailOver?: (() => Promise<(random: Random, job: string) => Promise<string>>) | undefined;
}
