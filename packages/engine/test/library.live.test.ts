import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const workspace = fileURLToPath(new URL('../../..', import.meta.url));
const packages = ['core', 'store', 'catalog', 'driver-local', 'twin', 'engine'];
const sources = ['example.ts', 'third-party-plugin.ts', 'check-schema.ts', 'every-entry.ts'];
const compilerOptions = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  types: ['node'],
  // Our own declarations are checked too, those of our dependencies as well.
  skipLibCheck: false,
  outDir: 'built',
};

let consumer = '';

beforeAll(async () => {
  consumer = await mkdtemp(join(tmpdir(), 'holdfast-library-'));
  await installFromTarballs(consumer);
  for (const file of sources) await copyFile(fileURLToPath(new URL(`library/${file}`, import.meta.url)), join(consumer, file));
  await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: sources }));
});

afterAll(async () => {
  await rm(consumer, { recursive: true, force: true });
});

test('a strict project outside the workspace compiles against the published types', async () => {
  const { stdout } = await run(join(consumer, 'node_modules', '.bin', 'tsc'), ['--project', consumer], { cwd: consumer, timeout: 120_000 }).catch(
    (error: { readonly stdout: string }) => error,
  );
  expect(stdout).toBe('');
  expect((await runBuilt('third-party-plugin')).trim()).toBe('scratch:genomes');
});

test('the published JSON Schema accepts what is right and refuses what is not', async () => {
  const documents = {
    'empty.json': {},
    'full.json': {
      storage: { type: 'local', path: '/srv/snapshots' },
      catalog: { type: 'sqlite', path: '/srv/catalog.sqlite' },
      stateDirectory: '/var/lib/holdfast',
      job: { interval: '5m', keep: 3, onRestoreFailure: 'older', tcp: 'close' },
      lease: { ttl: '30s' },
      limits: { dumpTimeout: '10m' },
    },
    'misspelt.json': { storag: { type: 'local', path: '/srv/snapshots' } },
    'no-such-driver.json': { storage: { type: 'tape', path: '/dev/st0' } },
    'not-a-duration.json': { job: { interval: '5x' } },
  };
  for (const [name, document] of Object.entries(documents)) await writeFile(join(consumer, name), JSON.stringify(document));
  const verdicts = (await runBuilt('check-schema', ...Object.keys(documents))).trim().split('\n');
  expect(verdicts.map((verdict) => verdict.split(' ')[0])).toEqual(['valid', 'valid', 'invalid', 'invalid', 'invalid']);
});

test('the example runs a job, stops it and resumes it', async () => {
  const work = join(consumer, 'work');
  await mkdir(work);
  await writeFile(join(work, 'align.sh'), 'i=0; while [ $i -lt 120 ]; do i=$((i + 1)); echo $i >> counted; sleep 0.1; done\n');
  await writeFile(join(consumer, 'holdfast.json'), JSON.stringify(deployment(consumer)));
  const said = (await runBuilt('example', join(consumer, 'holdfast.json'), work)).trim().split('\n');
  expect(said).toContainEqual(expect.stringMatching(/^first: stopped, snapshot \d+$/u));
  expect(said).toContainEqual(expect.stringMatching(/^second: exited 0, resumed from \d+$/u));
  expect(said.slice(-2)).toEqual(['verify: ok', 'jobs: align-7 succeeded']);
  const counted = Array.from({ length: 120 }, (_, index) => `${index + 1}\n`).join('');
  expect(await readFile(join(work, 'counted'), 'utf8')).toBe(counted);
});

/** Holdfast's packages as they would come from the registry, everything else from the registry itself. */
async function installFromTarballs(folder: string): Promise<void> {
  for (const name of packages) {
    await run('pnpm', ['pack', '--pack-destination', folder], { cwd: join(workspace, 'packages', name), timeout: 60_000 });
  }
  const tarballs = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
  const own = Object.fromEntries(
    packages.map((name) => [`@holdfast/${name}`, `file:${tarballs.find((file) => file.startsWith(`holdfast-${name}-`))}`]),
  );
  const versions = await testedVersions(['ajv', 'typescript', '@types/node']);
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies: { ...own, ...versions } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'pnpm-workspace.yaml'), JSON.stringify({ packages: ['.'], overrides: own }));
  await run('pnpm', ['install', '--prefer-offline', '--ignore-scripts', '--no-frozen-lockfile'], { cwd: folder, timeout: 110_000 });
}

/** The versions that the workspace itself is built and tested with. */
async function testedVersions(names: readonly string[]): Promise<Record<string, string>> {
  const { resolve } = createRequire(import.meta.url);
  const entries = names.map(async (name) => {
    const manifest = await readFile(resolve(`${name}/package.json`), 'utf8');
    return [name, (JSON.parse(manifest) as { version: string }).version] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function runBuilt(program: string, ...line: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(consumer, 'built', `${program}.js`), ...line], { cwd: consumer, timeout: 150_000 });
  return stdout;
}

function deployment(folder: string): Readonly<Record<string, unknown>> {
  const { HOLDFAST_RUNC: runc, HOLDFAST_CRIU: criu, HOLDFAST_NATIVE: native } = process.env;
  return { stateDirectory: join(folder, 'state'), tools: { runc, criu, native } };
}
