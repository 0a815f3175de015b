// Bundles what the compiler made of each package (dist/) into a few files (lib/), which are what is published and run: node takes about a
// millisecond to load a module, and a command, the repository's process and each of its threads would load a hundred.
// An entry of `exports` whose default is ./lib/NAME.js is made of the .js beside its types; a program, a file named main.js or NAME-main.js,
// becomes lib/main.js or lib/NAME-main.js, so that programs find each other beside themselves. Dependencies stay out of it, but for those that are
// hundreds of files themselves; their licences are in lib/licenses.txt.
import { glob, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';

/** @typedef {{ readonly exports: Readonly<Record<string, { readonly types: string, readonly default: string }>> }} PackageJson */

const root = join(import.meta.dirname, '..');
/** `holdfast list` takes half the time with these two inside. Of kysely the published types need the package too; execa is none of what is published. */
const inside = new Set(['kysely', 'execa']);

for await (const file of glob('packages/*/package.json', { cwd: root })) {
  const folder = join(root, file, '..');
  const input = await entriesOf(folder);
  if (Object.keys(input).length === 0) continue;
  const lib = join(folder, 'lib');
  await rm(lib, { recursive: true, force: true });
  await using bundle = await rolldown({ input, platform: 'node', external: staysOutside, logLevel: 'warn' });
  const { output } = await bundle.write({
    dir: lib,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  const licenses = await licensesOf(output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : [])));
  if (licenses.length > 0) await writeFile(join(lib, 'licenses.txt'), licenses.join('\n\n'));
}

/**
 * @param {string} id
 * @param {string | undefined} importer
 */
function staysOutside(id, importer) {
  const isFile = id.startsWith('.') || id.startsWith('/');
  // What is needed by what is inside is inside too.
  return !isFile && !inside.has(id.replace(/\/.*$/, '')) && importer?.includes('/node_modules/') !== true;
}

/**
 * @param {readonly string[]} modules Paths of what was bundled.
 * @returns {Promise<readonly string[]>} A text for each package of others among them.
 */
async function licensesOf(modules) {
  const folders = new Set(modules.flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  return Promise.all(
    [...folders].toSorted().map(async (folder) => {
      const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
      if (file === undefined) throw new Error(`${folder} is bundled and has no licence`);
      return `${folder.replace(/^.*\/node_modules\//, '')}\n\n${await readFile(join(folder, file), 'utf8')}`;
    }),
  );
}

/**
 * @param {string} folder
 * @returns {Promise<Record<string, string>>} Name in lib/ without .js: compiled file.
 */
async function entriesOf(folder) {
  /** @type {unknown} */
  const description = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  /** @type {Record<string, string>} */
  const entries = {};
  for (const { types, default: target } of isPackageJson(description) ? Object.values(description.exports) : []) {
    if (target.startsWith('./lib/')) entries[basename(target, '.js')] = join(folder, types.replace(/\.d\.ts$/, '.js'));
  }
  if (Object.keys(entries).length === 0) return {};
  for await (const program of glob('dist/**/{main,*-main}.js', { cwd: folder })) entries[basename(program, '.js')] = join(folder, program);
  return entries;
}

/**
 * @param {unknown} value
 * @returns {value is PackageJson}
 */
function isPackageJson(value) {
  return typeof value === 'object' && value !== null && 'exports' in value;
}
