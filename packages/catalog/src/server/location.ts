import type { ServerConfig } from './server-config.js';

/** Where the catalog is, for messages. */
export function locationOf({ type, user, host, port, database }: ServerConfig): string {
  return `${type}://${user}@${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}
