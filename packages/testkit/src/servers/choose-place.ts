import { randomBytes } from 'node:crypto';
import { certificatesIn } from './certificates.js';
import { freePort } from './free-port.js';
import type { HostRecipe, Place, Recipe } from './recipe.js';
import type { ServerAccess, ServerOptions } from './server.js';

/** A server's place before there is anything in it but its certificates. */
export async function choosePlace(recipe: HostRecipe, folder: string, options: ServerOptions, primary?: Place): Promise<Place> {
  const port = await freePort();
  const certificates = options.tls === true ? await certificatesIn(folder, primary?.certificates) : undefined;
  const known = {
    host: '127.0.0.1',
    port,
    user: recipe.ownerName,
    // A follower takes over the users of its primary.
    password: primary?.owner.password ?? secret(),
    space: recipe.ownerSpace,
    caFile: certificates?.caFile,
  };
  return { folder, owner: { ...known, url: recipe.url(known) }, certificates, number: port, primary };
}

/** `query` runs statements as the owner of every server that is to know the new user. */
export async function freshSpace(recipe: Recipe, owner: ServerAccess, query: (statements: string) => Promise<unknown>): Promise<ServerAccess> {
  const name = `t${randomBytes(6).toString('hex')}`;
  const password = secret();
  await query(recipe.makeSpace(name, password));
  const known = { ...owner, user: name, password, space: recipe.ownerSpace === '' ? `${name}:` : name };
  return { ...known, url: recipe.url(known) };
}

function secret(): string {
  return randomBytes(16).toString('hex');
}
