import { stat } from 'node:fs/promises';
import {
  type AttachedStorage,
  type CallOptions,
  type DeploymentConfig,
  formatSize,
  HoldfastError,
  isHoldfastError,
  type MetadataStore,
  type StorageDriver,
} from '@holdfast/core';
import { type Caller, readCaller } from '../container/caller.js';
import { checkRepository, type OpenStore, type RepositoryChecks } from './check-repository.js';
import { checkRights, checkTools, needsRoot } from './check-tools.js';
import type { DoctorCheck, DoctorReport } from './types.js';

/** Less than this takes no snapshot of any use. */
const leastFreeBytes = 16 * 2 ** 20;

export interface DoctorOptions {
  readonly config: DeploymentConfig;
  readonly driver: StorageDriver;
  readonly catalog: (options: CallOptions) => Promise<MetadataStore>;
  readonly openStore: OpenStore;
  /** Who asks; by default this process. */
  readonly caller?: Pick<Caller, 'uid' | 'capabilities'>;
}

/** Every requirement with what was found and the remedy. Checks go on after one that failed. */
export async function runDoctor({ config, driver, catalog, openStore, caller }: DoctorOptions, options: CallOptions): Promise<DoctorReport> {
  const rights = checkRights(caller ?? (await readCaller()));
  const checkInside = (root: string): Promise<RepositoryChecks> => checkRepository(root, config, openStore, options);
  const places = [...(await checkStorage(driver, checkInside, options)), await checkCatalog(config, catalog, options)];
  const checks: DoctorCheck[] = [
    rights,
    ...(await checkTools(config.tools, rights.ok, options)),
    // What this user may not look at may be right for root.
    ...places.map(({ check, denied }) => (denied && !rights.ok ? needsRoot(check.name) : check)),
  ];
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    toError: () => toError(checks),
  };
}

interface PlaceCheck {
  readonly check: DoctorCheck;
  /** True where it may have failed for lack of permission. */
  readonly denied: boolean;
}

/** And what lies on it, where it is right. */
async function checkStorage(
  driver: StorageDriver,
  checkInside: (root: string) => Promise<RepositoryChecks>,
  options: CallOptions,
): Promise<readonly PlaceCheck[]> {
  const name = `storage ${driver.name}`;
  try {
    const { state, reason } = await driver.inspect(options);
    if (state === 'absent') return [await checkAbsent(name, driver, options)];
    if (state === 'creating') return [{ check: { name, ok: false, detail: reason ?? 'is being made', remedy: goOn }, denied: false }];
    // What is not ready is refused here with its remedy.
    const attached = await driver.attach(options);
    try {
      if (state === 'ready') {
        const storage = await checkAttached(name, driver, attached, options);
        if (!storage.check.ok) return [storage];
        const { checks, denied } = await checkInside(attached.root);
        return [storage, ...checks.map((check) => ({ check, denied }))];
      }
    } finally {
      await attached.detach(options);
    }
    return [{ check: { name, ok: false, detail: reason ?? state, remedy: 'look at its mount, or name another storage' }, denied: false }];
  } catch (error) {
    return [failed(name, error)];
  }
}

const goOn = 'holdfast storage provision goes on where it was';

/** What costs money, or is others' too, is made by nobody's first job. */
async function checkAbsent(name: string, driver: StorageDriver, options: CallOptions): Promise<PlaceCheck> {
  const { resources } = await driver.plan(options);
  const isOwn = !driver.capabilities.multiAttach && resources.every(({ costClass }) => costClass === undefined);
  if (isOwn) return passed(name, 'not there yet; made when it is first used');
  return { check: { name, ok: false, detail: 'not there yet', remedy: 'holdfast storage plan, then holdfast storage provision' }, denied: false };
}

async function checkAttached(name: string, driver: StorageDriver, attached: AttachedStorage, options: CallOptions): Promise<PlaceCheck> {
  const { ok, reason, latencyMs } = await attached.health(options);
  if (!ok) return { check: { name, ok, detail: reason ?? 'does not answer', remedy: 'look at its mount' }, denied: false };
  const answers = `answers in ${Math.round(latencyMs)} ms`;
  if (!driver.capabilities.usage) return passed(name, answers);
  const { freeBytes, totalBytes } = await attached.usage(options);
  const space = `${formatSize(freeBytes)} free of ${formatSize(totalBytes)}`;
  if (freeBytes >= leastFreeBytes) return passed(name, `${answers}, ${space}`);
  return { check: { name, ok: false, detail: `is full: ${space}`, remedy: 'free space there, or name another storage' }, denied: false };
}

async function checkCatalog({ catalog: section }: DeploymentConfig, catalog: DoctorOptions['catalog'], options: CallOptions): Promise<PlaceCheck> {
  const path = section['path'];
  // To open it would make it.
  if (typeof path === 'string' && (await isAbsent(path))) return passed(`catalog ${section.type}`, 'not there yet; made when it is first used');
  try {
    const opened = await catalog(options);
    await opened.listJobs({ limit: 1 }, options);
    const name = `catalog ${opened.type}`;
    const [finding] = await opened.findings(options);
    return finding === undefined ? passed(name, 'answers') : { check: { name, ok: false, ...finding }, denied: false };
  } catch (error) {
    return failed(`catalog ${section.type}`, error);
  }
}

async function isAbsent(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

function passed(name: string, detail: string): PlaceCheck {
  return { check: { name, ok: true, detail, remedy: undefined }, denied: false };
}

function failed(name: string, error: unknown): PlaceCheck {
  if (!isHoldfastError(error)) throw error;
  return {
    check: { name, ok: false, detail: error.message, remedy: error.hint },
    denied: error.kind === 'permission' || error.code === 'HF_CATALOG_UNAVAILABLE',
  };
}

function toError(checks: readonly DoctorCheck[]): HoldfastError {
  const bad = checks.find(({ ok }) => !ok);
  if (bad === undefined) throw new TypeError('every check is ok: there is no error');
  return new HoldfastError('HF_REQUIREMENT', {
    message: `${bad.name}: ${bad.detail}`,
    kind: 'missing-requirement',
    operation: 'doctor',
    ...(bad.remedy === undefined ? {} : { hint: bad.remedy }),
  });
}
