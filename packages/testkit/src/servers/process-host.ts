import { join } from 'node:path';
import type { HostRecipe, Place } from './recipe.js';
import type { ServerHost } from './server-host.js';
import { lastOf, type ServerProcess, startProcess } from './server-process.js';
import { serverFolder } from './unprivileged.js';

/** Makes a server's data and files in its place, and runs its processes there. */
export async function hostProcess(recipe: HostRecipe, place: Place, more: readonly string[], timeoutMs: number): Promise<ServerHost> {
  await serverFolder(join(place.folder, 'data'));
  await recipe.prepare(place, timeoutMs);
  const command = [...recipe.command(place), ...more];
  const logFile = join(place.folder, 'log');
  let running: ServerProcess | undefined;
  return {
    async start(ready) {
      running = await startProcess(command, place.folder, logFile, recipe.environment?.(place));
      await running.untilReady(ready, timeoutMs);
    },
    stop: async () => running?.stop(recipe.stopSignal),
    kill: async () => running?.kill(),
    pause: async () => running?.pause(),
    resume: async () => running?.resume(),
    output: () => lastOf(logFile),
    [Symbol.asyncDispose]: async () => running?.kill(),
  };
}
