/** What every client of an SDK is made with. */
export interface AwsClientOptions {
  /** Undefined: by variable or profile. */
  readonly region?: string | undefined;
  /** In place of AWS's own. */
  readonly endpoint?: string | undefined;
  /** Undefined: found as the AWS tools find them. */
  readonly credentials?: AwsCredentials | undefined;
  /** Tries of one call at most. Default 6. */
  readonly maxAttempts?: number | undefined;
}

interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface ClientOptions {
  readonly credentials?: AwsCredentials;
  readonly region?: string;
  readonly endpoint?: string;
  readonly maxAttempts: number;
  readonly retryMode: 'adaptive';
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
}

/** Adaptive: what was throttled once is called less often. */
export function clientOptions({ region, endpoint, credentials, maxAttempts = 6 }: AwsClientOptions): ClientOptions {
  return {
    maxAttempts,
    retryMode: 'adaptive',
    requestHandler: { connectionTimeout: 5000, requestTimeout: 30_000 },
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}
