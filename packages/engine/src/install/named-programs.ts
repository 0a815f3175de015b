import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { isBelow } from '../container/host-mounts.js';
import { dockerSetup } from './install-errors.js';
import type { InstallDockerOptions } from './types.js';

type Named = Pick<InstallDockerOptions, 'root' | 'launcher' | 'runc' | 'criu' | 'program' | 'config'>;

/** Emptied when the machine starts, or by age, and another folder for a service with PrivateTmp. */
const passing = ['/tmp', '/var/tmp', '/dev/shm'];

/** The same with every path of a program as the machine of the tree sees it: one that lies in the tree loses the tree's own. Pure. */
export function asSeenInTree<Options extends Named>(options: Options): Options {
  const { root, launcher, runc, criu, program, config } = options;
  const seen = (path: string): string => (root !== '/' && isBelow(path, root) ? path.slice(root.length) : path);
  const tools = Object.entries(toolsOf(config)).map(([name, path]) => [name, typeof path === 'string' ? seen(path) : path] as const);
  return {
    ...options,
    launcher: seen(launcher),
    runc: runc === undefined ? undefined : seen(runc),
    criu: criu === undefined ? undefined : seen(criu),
    program: program.map(seen),
    config: tools.length === 0 ? config : { ...config, tools: Object.fromEntries(tools) },
  };
}

/** Throws HF_DOCKER_SETUP where a program that Docker or the agent's service would start lies where it does not stay. */
export function assertLasting(options: Named): void {
  for (const [what, path] of namedPrograms(options)) {
    const folder = passing.find((each) => isBelow(path, each));
    if (folder === undefined) continue;
    throw dockerSetup(
      path,
      `is ${what}, and lies below ${folder}, which does not outlive a boot of the machine and is not what a service with PrivateTmp sees there`,
      'Install Holdfast in a folder that stays, such as /opt/holdfast, and run holdfast install docker from there',
    );
  }
}

/** A sentence for each program that another machine's tree does not have at the path that is written into its files. */
export async function missingInTree(options: Named): Promise<readonly string[]> {
  const { root } = options;
  if (root === '/') return [];
  const found = namedPrograms(options).map(async ([what, path]) => {
    const isThere = await access(join(root, path)).then(
      () => true,
      () => false,
    );
    return isThere ? [] : [`${path} (${what}) is what the files in ${root} name, and is not in ${root}: put it there before that machine starts`];
  });
  return (await Promise.all(found)).flat();
}

function namedPrograms({ launcher, runc, criu, program, config }: Named): readonly (readonly [what: string, path: string])[] {
  const { native } = toolsOf(config);
  const all = [
    ['the launcher', launcher],
    ['the folder of the native helpers', native],
    ['runc', runc],
    ['CRIU', criu],
    ...program.map((word) => ["the agent's program", word] as const),
  ] as const;
  return all.flatMap(([what, path]) => (typeof path === 'string' && path.startsWith('/') ? [[what, path] as const] : []));
}

function toolsOf(config: Named['config']): Readonly<Record<string, unknown>> {
  const tools = config['tools'];
  return typeof tools === 'object' && tools !== null ? { ...tools } : {};
}
