import { isHoldfastError } from '@holdfast/core';
import { isTlsError } from '../server/network-errors.js';

/** Why a connection did not come about. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
  /** True where trying again changes nothing before somebody acts: a wrong password or certificate. */
  readonly isFinal: boolean;
  /** What the reader can do. */
  readonly remedy: string;

  /** True where the server did not take the password. */
  readonly isDenied: boolean;
  /** True where the configuration names what this server does not have. */
  readonly isMisconfigured: boolean;

  constructor(
    message: string,
    options: {
      readonly isFinal: boolean;
      readonly remedy: string;
      readonly isDenied?: boolean;
      readonly isMisconfigured?: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.isFinal = options.isFinal;
    this.isDenied = options.isDenied ?? false;
    this.isMisconfigured = options.isMisconfigured ?? false;
    this.remedy = options.remedy;
  }

  /** The same, of which nothing more is expected. */
  asFinal(): ConnectFailure {
    const { isDenied, isMisconfigured, remedy, cause } = this;
    return new ConnectFailure(this.message, { isFinal: true, isDenied, isMisconfigured, remedy, cause });
  }
}

/** Sorts what the file system, the network and TLS throw. */
export function toConnectFailure(error: unknown): ConnectFailure {
  if (error instanceof ConnectFailure) return error;
  // What was to be had before: the password, the authorities.
  if (isHoldfastError(error)) return new ConnectFailure(error.message, { isFinal: true, remedy: error.hint ?? '', cause: error.cause });
  const words = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (isTlsError(error)) {
    const remedy = "Name the authority of the server's certificate as tlsCaFile, and the server by tlsServerName as its certificate does";
    return new ConnectFailure(`${words} (${code})`, { isFinal: true, remedy, cause: error });
  }
  const remedy = 'Look whether the server runs and can be reached from here; a server that takes TLS alone wants rediss://';
  return new ConnectFailure(words, { isFinal: false, remedy, cause: error });
}
