import { setTimeout as sleep } from 'node:timers/promises';
import type { HostRecipe, Place } from './recipe.js';
import type { ServerHost } from './server-host.js';

/** Whether HOLDFAST_TEST_SERVERS asks for containers. Throws where it asks for what there is not. */
export function containersWanted(setting: string | undefined): boolean {
  if (setting === undefined || setting === '') return false;
  if (setting === 'containers') return true;
  throw new Error(`HOLDFAST_TEST_SERVERS is '${setting}': it takes 'containers', or nothing for servers that run on this machine itself`);
}

/**
 * Runs the server's official image by testcontainers, which is loaded here and nowhere else. The client remains that of this machine.
 * Declared, not verified: nothing here was run against a registry of images. Servers with TLS, followers and clusters run on the machine itself.
 */
export async function hostContainer(recipe: HostRecipe, { owner }: Place, more: readonly string[], timeoutMs: number): Promise<ServerHost> {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const runtime = await dockerDaemon(getContainerRuntimeClient);
  const { image, port, environment, command, files } = recipe.container;
  const content = Object.entries(files?.(owner) ?? {}).map(([target, text]) => ({ target, content: text }));
  // The port is this machine's, so that it stays the same over a restart.
  const started = await new GenericContainer(image)
    .withEnvironment(environment(owner))
    .withExposedPorts({ container: port, host: owner.port })
    .withCopyContentToContainer(content)
    .withCommand([...command, ...more])
    .withStartupTimeout(timeoutMs)
    .start();
  const container = runtime.container.getById(started.getId());
  const isRunning = async (): Promise<boolean> => (await container.inspect()).State.Running;
  return {
    async start(ready) {
      if (!(await isRunning())) await container.start();
      const end = performance.now() + timeoutMs;
      while (performance.now() < end && (await isRunning())) {
        if (await isReady(ready)) return;
        await sleep(100);
      }
      throw new Error(
        `${image} ended, or did not answer within ${timeoutMs} ms\n${String(await container.logs({ stdout: true, stderr: true, tail: 25 }))}`,
      );
    },
    async stop() {
      if (await isRunning()) await container.stop({ t: 10 });
    },
    async kill() {
      if (await isRunning()) await container.kill();
    },
    pause: async () => void (await container.pause()),
    resume: async () => void (await container.unpause()),
    output: async () => String(await container.logs({ stdout: true, stderr: true, tail: 25 })),
    [Symbol.asyncDispose]: async () => void (await started.stop()),
  };
}

/** As `connect`, in a sentence where no daemon answers. */
export async function dockerDaemon<T>(connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (cause) {
    throw new Error('HOLDFAST_TEST_SERVERS asks for containers and no Docker daemon answers: start one, or unset the variable', { cause });
  }
}

async function isReady(ready: () => Promise<unknown>): Promise<boolean> {
  try {
    await ready();
    return true;
  } catch {
    return false;
  }
}
