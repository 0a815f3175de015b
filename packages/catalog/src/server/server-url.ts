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
  if (!URL.canParse(url)) throw refuse(`the catalog's ${type}: URL cannot be read${unreadablePart(url)}`, hint);
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

/** Which part it is; what may be a password is never repeated. */
function unreadablePart(url: string): string {
  const rest = /^[^:]*:\/\/(.*)$/su.exec(url)?.[1] ?? '';
  const at = rest.lastIndexOf('@');
  const before = at < 0 ? '' : rest.slice(0, at);
  if (/[:/?#@]/u.test(before)) return ': what stands before its @ holds a password, or a sign that a name has as %3A, %2F or %40';
  const place = rest.slice(at + 1).replace(/[/?#].*$/su, '');
  if (place === '') return ': it names no host';
  if (!place.startsWith('[') && place.split(':').length > 2) return `: an IPv6 address goes in brackets, as in [${place}]`;
  const port = /:([^:\]]*)$/u.exec(place)?.[1];
  if (port !== undefined && !(/^\d{1,5}$/u.test(port) && Number(port) <= 65_535)) return `: '${port}' is no port; those are 1 to 65535`;
  return `: '${place}' is no host`;
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
