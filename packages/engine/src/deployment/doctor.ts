import { existsSync } from 'node:fs';
import { type CallOptions, type DeploymentConfig, HoldfastError, isHoldfastError, type MetadataStore, type StorageDriver } from '@holdfast/core';
import { checkTools } from './check-tools.js';
import type { DoctorCheck, DoctorReport } from './types.js';

export interface DoctorOptions {
  readonly config: DeploymentConfig;
  readonly driver: StorageDriver;
  readonly catalog: (options: CallOptions) => Promise<MetadataStore>;
}

/** Every requirement with what was found and the remedy. Checks go on after one that failed. */
export async function runDoctor({ config, driver, catalog }: DoctorOptions, options: CallOptions): Promise<DoctorReport> {
  const checks: DoctorCheck[] = [
    ...(await checkTools(config.tools, options)),
    await checkStorage(driver, options),
    await checkCatalog(config, catalog, options),
  ];
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    toError: () => toError(checks),
  };
}

async function checkStorage(driver: StorageDriver, options: CallOptions): Promise<DoctorCheck> {
  const name = `storage ${driver.name}`;
  try {
    const { state, reason } = await driver.inspect(options);
    if (state === 'absent') return { name, ok: true, detail: 'not there yet; made when it is first used', remedy: undefined };
    if (state !== 'ready') return { name, ok: false, detail: reason ?? state, remedy: 'holdfast storage status tells more' };
    const attached = await driver.attach(options);
    try {
      const health = await attached.health(options);
      return {
        name,
        ok: health.ok,
        detail: health.reason ?? `answers in ${Math.round(health.latencyMs)} ms`,
        remedy: health.ok ? undefined : 'look at its mount',
      };
    } finally {
      await attached.detach(options);
    }
  } catch (error) {
    return failed(name, error);
  }
}

async function checkCatalog({ catalog: section }: DeploymentConfig, catalog: DoctorOptions['catalog'], options: CallOptions): Promise<DoctorCheck> {
  const path = section['path'];
  // To open it would make it.
  if (typeof path === 'string' && !existsSync(path))
    return { name: `catalog ${section.type}`, ok: true, detail: 'not there yet; made when it is first used', remedy: undefined };
  try {
    const opened = await catalog(options);
    await opened.listJobs({ limit: 1 }, options);
    return { name: `catalog ${opened.type}`, ok: true, detail: 'answers', remedy: undefined };
  } catch (error) {
    return failed('catalog', error);
  }
}

function failed(name: string, error: unknown): DoctorCheck {
  if (!isHoldfastError(error)) throw error;
  return { name, ok: false, detail: error.message, remedy: error.hint };
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
