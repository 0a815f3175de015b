import { choosePlace, freshSpace } from './choose-place.js';
import { containersWanted, hostContainer } from './container-host.js';
import { followPrimary } from './follow-primary.js';
import { hostProcess } from './process-host.js';
import type { Place, Recipe } from './recipe.js';
import { runClient } from './run-client.js';
import { createScratchFolder } from './scratch-folder.js';
import type { ServerAccess, ServerOptions, TestServer } from './server.js';

const defaultReadyTimeoutMs = 120_000;

/** A port that was free may be another's by the time that the server takes it. */
const portTries = 4;

/**
 * Starts a server by its recipe on a free port of 127.0.0.1, in a temporary folder that is gone after its disposal. It has the owner's
 * password and the authority of `primary`, where there is one.
 */
export async function startServer(recipe: Recipe, options: ServerOptions, primary?: Place): Promise<TestServer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(recipe, options, primary);
    } catch (error) {
      if (tries === portTries || !/address already in use/iu.test(String(error))) throw error;
    }
  }
}

async function startOnce(recipe: Recipe, options: ServerOptions, primary?: Place): Promise<TestServer> {
  const contained = containersWanted(process.env['HOLDFAST_TEST_SERVERS']) && options.tls !== true && primary === undefined;
  const ownerName = contained ? (recipe.container.ownerName ?? recipe.ownerName) : recipe.ownerName;
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await createScratchFolder(recipe.kind));
  const place = await choosePlace({ ...recipe, ownerName }, scratch.path, options, primary);
  const timeoutMs = options.readyTimeoutMs ?? defaultReadyTimeoutMs;
  const query = (statements: string, as: ServerAccess = place.owner): Promise<string> => runClient(recipe, statements, as);

  const host = cleanup.use(await (contained ? hostContainer : hostProcess)(recipe, place, options.arguments ?? [], timeoutMs));
  const start = (): Promise<void> => host.start(() => query(recipe.ping));
  await start();
  const held = cleanup.move();
  return {
    ...place.owner,
    kind: recipe.kind,
    query,
    fresh: () => freshSpace(recipe, place.owner, query),
    kill: () => host.kill(),
    pause: () => host.pause(),
    resume: () => host.resume(),
    async restart() {
      await host.stop();
      await start();
    },
    output: () => host.output(),
    async replica() {
      if (contained) throw new Error(`no follower is started for ${recipe.kind} in a container: unset HOLDFAST_TEST_SERVERS`);
      return followPrimary(recipe, place, query, () => startServer(recipe, options, place));
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
