import type { CallOptions } from '@holdfast/core';

export interface BucketPlace {
  readonly name: string;
  readonly region: string;
  readonly endpoint: string | undefined;
}

export interface BucketKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

export interface StoredObject {
  readonly text: string;
  /** Of this very version. */
  readonly etag: string;
}

/**
 * What this driver needs of S3 for one bucket. Errors are HoldfastErrors: HF_CLOUD_DENIED, HF_CLOUD_REFUSED, HF_CLOUD_UNAVAILABLE;
 * absence is a result.
 */
export interface BucketClient {
  exists(options?: CallOptions): Promise<boolean>;
  /** `exists` where there is one of this name already. */
  create(options?: CallOptions): Promise<'created' | 'exists'>;
  /** Blocks public access and turns encryption on; what a foreign S3 does not know of that is left out. A repeat is harmless. */
  secure(options?: CallOptions): Promise<void>;
  tag(tags: Readonly<Record<string, string>>, options?: CallOptions): Promise<void>;
  tags(options?: CallOptions): Promise<Readonly<Record<string, string>>>;
  remove(options?: CallOptions): Promise<void>;
  read(key: string, options?: CallOptions): Promise<StoredObject | undefined>;
  /** Writes where nothing is; with `over` where that very version is. False where something else is. */
  write(key: string, text: string, options?: CallOptions & { readonly over?: string }): Promise<boolean>;
  /** Names that begin so, `most` at most. */
  list(prefix: string, most: number, options?: CallOptions): Promise<readonly string[]>;
  removeObjects(keys: readonly string[], options?: CallOptions): Promise<void>;
  close(): void;
}

/** Makes a client for a bucket; without keys by AWS's own chain of credentials. Does no work until it is asked. */
export type BucketClients = (place: BucketPlace, keys: BucketKeys | undefined) => BucketClient;
