import { HoldfastError } from '@holdfast/core';

/** How settings are read that a URL carries behind its question mark. */
export type Readers = Readonly<Record<string, (text: string) => unknown>>;

const parameters: Readers = {
  passwordVariable: String,
  passwordFile: String,
  passwordSecret: String,
  iamToken: (text) => text === 'true' || text,
  region: String,
  tls: String,
  tlsCaFile: String,
  tlsServerName: String,
  connections: (text) => (/^\d{1,9}$/u.test(text) ? Number(text) : text),
  connectTimeout: String,
  queryTimeout: String,
  retryFor: String,
};

/** Reads `mysql://user@host:3306/database?tls=verify` as a section of the configuration. A password in it is refused, and never repeated. */
export function sectionFromUrl(type: string, url: string, readers: Readers = parameters): Readonly<Record<string, unknown>> {
  const hint = `Write ${type}://user@host/database; more settings go behind a ?, such as ?tlsCaFile=/etc/ssl/rds.pem`;
  if (!URL.canParse(url)) throw refuse(`the catalog's ${type}: URL cannot be read`, hint);
  const { username, password, hostname, port, pathname, hash, searchParams } = new URL(url);
  if (password !== '' || searchParams.has('password')) {
    throw refuse(
      "the catalog's URL holds a password, which everybody on this machine could read",
      'Leave it out, and give it in the variable HOLDFAST_CATALOG_PASSWORD, or name a file by ?passwordFile=/path',
    );
  }
  if (hash !== '') throw refuse("the catalog's URL has a part behind a #, which means nothing", hint);
  const settings = [...searchParams].map(([name, text]): [string, unknown] => [name, setting(name, text, searchParams, readers)]);
  return {
    type,
    ...(hostname === '' ? {} : { host: decode(hostname).replace(/^\[(.*)\]$/u, '$1') }),
    ...(port === '' ? {} : { port: Number(port) }),
    ...(username === '' ? {} : { user: decode(username) }),
    ...(pathname === '' || pathname === '/' ? {} : { database: decode(pathname.slice(1)) }),
    ...Object.fromEntries(settings),
  };
}

function setting(name: string, text: string, all: URLSearchParams, readers: Readers): unknown {
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (read === undefined) throw refuse(`the catalog's URL has the setting '${name}', which is none`, `Known: ${Object.keys(readers).join(', ')}`);
  if (all.getAll(name).length > 1) throw refuse(`the catalog's URL has the setting '${name}' twice`, 'Give it once');
  return read(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse("the catalog's URL has a % that begins no escape", 'Write a % as %25');
  }
}

function refuse(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_CONFIG', { kind: 'invalid-argument', message, hint, operation: 'config.parse' });
}
