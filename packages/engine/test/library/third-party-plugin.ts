// A storage driver by somebody else, in full: what the contract asks for and nothing of Holdfast's own drivers.
import {
  HoldfastError,
  layerDriver,
  type StorageCapabilities,
  type StorageDriver,
  type StorageInspection,
  type StoragePlugin,
  silentLogger,
  systemClock,
} from '@holdfast/core';
import { local } from '@holdfast/driver-local';

/** A company's own scratch file system: it is mounted by the machine's image, so there is nothing to provision. */
export function scratch(): StoragePlugin {
  return {
    type: 'scratch',
    urlSchemes: ['scratch'],
    configSchema: {
      type: 'object',
      properties: { type: { const: 'scratch' }, project: { type: 'string' } },
      required: ['type', 'project'],
      additionalProperties: false,
    },
    configFromUrl: (url) => ({ type: 'scratch', project: new URL(url).hostname }),
    create: (config) => new ScratchDriver(projectOf(config)),
  };
}

function projectOf(config: unknown): string {
  if (typeof config === 'object' && config !== null && 'project' in config && typeof config.project === 'string') return config.project;
  throw new HoldfastError('HF_CONFIG', { message: 'storage.project is missing', kind: 'invalid-argument', hint: 'Name the project' });
}

class ScratchDriver implements StorageDriver {
  readonly type = 'scratch';
  readonly name: string;
  readonly capabilities: StorageCapabilities;
  readonly #inner: StorageDriver;

  constructor(project: string) {
    this.name = `scratch:${project}`;
    this.#inner = local().create({ type: 'local', path: `/scratch/${project}` });
    this.capabilities = { ...this.#inner.capabilities, provision: false, destroy: false };
  }

  plan: StorageDriver['plan'] = async () => ({ resources: [], upToDate: true });
  provision = (): Promise<StorageInspection> => Promise.reject(unsupported('provision'));
  inspect: StorageDriver['inspect'] = (options) => this.#inner.inspect(options);
  attach: StorageDriver['attach'] = (options) => this.#inner.attach(options);
  detachLasting: StorageDriver['detachLasting'] = (options) => this.#inner.detachLasting(options);
  status: StorageDriver['status'] = (options) => this.#inner.status(options);
  destroy = (): Promise<void> => Promise.reject(unsupported('destroy'));
  bootFragment(): string {
    throw unsupported('bootFragment');
  }
}

function unsupported(operation: string): HoldfastError {
  return new HoldfastError('HF_UNSUPPORTED', {
    message: `scratch has no ${operation}`,
    kind: 'unsupported',
    operation,
    hint: 'Ask the storage team',
  });
}

// The layers that Holdfast puts around its own drivers fit.
console.log(layerDriver(scratch().create({ type: 'scratch', project: 'genomes' }), { logger: silentLogger, clock: systemClock }).name);
