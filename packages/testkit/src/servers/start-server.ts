import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { certificatesIn } from './certificates.js';
import { followPrimary } from './follow-primary.js';
import { freePort } from './free-port.js';
import { serverProgram } from './programs.js';
import type { Place, Recipe } from './recipe.js';
import { createScratchFolder } from './scratch-folder.js';
import type { ServerAccess, ServerOptions, TestServer } from './server.js';
import { lastOf, type ServerProcess, startProcess } from './server-process.js';
import { serverFolder } from './unprivileged.js';

const defaultReadyTimeoutMs = 120_000;

/**
 * Starts a server by its recipe on a free port of 127.0.0.1, in a temporary folder that is gone after its disposal. It has the owner's
 * password and the authority of `primary`, where there is one.
 */
export async function startServer(recipe: Recipe, options: ServerOptions, primary?: Place): Promise<TestServer> {
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await createScratchFolder(recipe.kind));
  const place = await choosePlace(recipe, scratch.path, options, primary);
  const timeoutMs = options.readyTimeoutMs ?? defaultReadyTimeoutMs;
  await serverFolder(join(scratch.path, 'data'));
  await recipe.prepare(place, timeoutMs);
  const command = [...recipe.command(place), ...(options.arguments ?? [])];
  const logFile = join(scratch.path, 'log');
  const query = (statements: string, as: ServerAccess = place.owner): Promise<string> => runClient(recipe, statements, as);

  let server: ServerProcess;
  const start = async (): Promise<void> => {
    server = await startProcess(command, scratch.path, logFile);
    await server.untilReady(() => query(recipe.ping), timeoutMs);
  };
  cleanup.defer(() => server.kill());
  await start();
  const held = cleanup.move();
  return {
    ...place.owner,
    kind: recipe.kind,
    query,
    fresh: () => freshSpace(recipe, place.owner, query),
    kill: () => server.kill(),
    pause: () => Promise.resolve(server.signal('SIGSTOP')),
    resume: () => Promise.resolve(server.signal('SIGCONT')),
    async restart() {
      await server.stop(recipe.stopSignal);
      await start();
    },
    output: () => lastOf(logFile),
    replica: () => followPrimary(recipe, place, query, () => startServer(recipe, options, place)),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** A server's place before there is anything in it but its certificates. */
export async function choosePlace(recipe: Recipe, folder: string, options: ServerOptions, primary?: Place): Promise<Place> {
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

/** Statements go by standard input and passwords by the environment: an argument is for all to see. */
async function runClient(recipe: Recipe, statements: string, as: ServerAccess): Promise<string> {
  const { program, arguments: parameters, env } = recipe.client(as);
  const running = promisify(execFile)(serverProgram(program), parameters, {
    env: { ...process.env, ...env },
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  // A client that ends before it has read all says why on its standard error.
  running.child.stdin?.on('error', () => undefined).end(`${statements}\n`);
  const { stdout, stderr } = await running;
  if (recipe.failed?.(stdout, stderr) === true) throw new Error(`${program} ${parameters.join(' ')}: ${stderr}${stdout.trim()}`);
  return stdout.trimEnd();
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
