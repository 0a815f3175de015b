// Bundles what the compiler made of each package (dist/) into a few files (lib/), which are what is published and run: node takes about a
// millisecond to load a module, and a command, the repository's process and each of its threads would load a hundred.
// An entry of `exports` whose default is ./lib/NAME.js is made of the .js beside its types; a program, a file named main.js or NAME-main.js,
// becomes lib/main.js or lib/NAME-main.js, so that programs find each other beside themselves. Dependencies stay out of it.
import { glob, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';

/** @typedef {{ readonly exports: Readonly<Record<string, { readonly types: string, readonly default: string }>> }} PackageJson */

const root = join(import.meta.dirname, '..');

for await (const file of glob('packages/*/package.json', { cwd: root })) {
  const folder = join(root, file, '..');
  const input = await entriesOf(folder);
  if (Object.keys(input).length === 0) continue;
  const lib = join(folder, 'lib');
  await rm(lib, { recursive: true, force: true });
  await using bundle = await rolldown({ input, platform: 'node', external: /^[^./]/, logLevel: 'warn' });
  await bundle.write({ dir: lib, format: 'esm', sourcemap: true, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
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
