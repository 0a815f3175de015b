import { join } from 'node:path';
import {
  type AttachedStorage,
  type CallOptions,
  type CatalogPlugin,
  type CheckpointStore,
  isHoldfastError,
  type DeploymentConfig,
  type Logger,
  layerDriver,
  type MetadataStore,
  type StorageDriver,
  systemClock,
} from '@holdfast/core';
import { attendedAgent } from '../agent/attended-agent.js';
import { serveAgent } from '../agent/serve-agent.js';
import type { Agent, AgentOptions } from '../agent/types.js';
import { anyOf, boundedCatalog, within } from '../catalog/bounded-catalog.js';
import { catchUp } from '../catalog/journal/catch-up.js';
import { catalogKey } from '../catalog/journal/journal-name.js';
import { type RebuildOptions, type RebuildReport, rebuildCatalog } from '../catalog/rebuild.js';
import { readCaller } from '../container/caller.js';
import { type EngineTools, findTools } from '../container/tools.js';
import { type StorageNames, storagePlace } from '../oci/storage-place.js';
import { sweep } from '../retention/sweep.js';
import type { SweepReport, SweepRequest } from '../retention/types.js';
import { readUserKey } from '../encryption/user-key.js';
import { defaultDeadlines, type RepositoryDeadlines } from '../repository/deadlines.js';
import { openRemoteStore } from '../repository/remote-store.js';
import type { RepositoryAhead } from '../repository/ahead.js';
import { RepositoryProcess } from '../repository/repository-process.js';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import type { JournalPlace } from '../run/catalog-notes.js';
import type { RunEnvironment } from '../run/run-environment.js';
import { startRun } from '../run/start-run.js';
import type { Run, RunOptions, RunRequest } from '../run/types.js';
import { assertRights } from './assert-rights.js';
import { changeKey } from './change-key.js';
import { completeRequest } from './complete-request.js';
import { detachStorage } from './detach-storage.js';
import { runDoctor } from './doctor.js';
import { runEnvironment } from './run-environment.js';
import { createJobs } from './jobs.js';
import { streamFiles } from './stream-files.js';
import type { Deployment, DeploymentCatalog, DeploymentJobs, DeploymentStorage, DoctorReport, KeyPlace } from './types.js';

export interface EngineDeploymentOptions {
  readonly config: DeploymentConfig;
  readonly driver: StorageDriver;
  readonly catalogPlugin: CatalogPlugin;
  readonly logger: Logger;
  readonly ahead?: RepositoryAhead | undefined;
}

interface Opened {
  readonly attached: AttachedStorage;
  readonly store: CheckpointStore;
}

/** Opens each part when it is first needed, once, and closes what was opened. */
export class EngineDeployment implements Deployment {
  readonly storage: DeploymentStorage;
  readonly jobs: DeploymentJobs;
  readonly catalog: DeploymentCatalog;
  readonly #options: EngineDeploymentOptions;
  readonly #driver: StorageDriver;
  #opened: Promise<Opened> | undefined;
  readonly #below = new Map<string, Promise<CheckpointStore>>();
  #catalog: Promise<MetadataStore> | undefined;
  #connected: MetadataStore | undefined;
  readonly #journal: JournalPlace;

  constructor(options: EngineDeploymentOptions) {
    this.#options = options;
    const { config, logger } = options;
    this.#journal = { folder: join(config.stateDirectory, 'catalog-journal'), key: catalogKey(config.catalog) };
    this.#driver = layerDriver(options.driver, { logger, clock: systemClock });
    this.storage = this.#driver;
    this.catalog = { rebuild: (rebuildOptions = {}) => this.#rebuild(rebuildOptions) };
    this.jobs = createJobs({
      stateDirectory: config.stateDirectory,
      leaseTtlMs: config.lease.ttlMs,
      graceMs: config.retention.graceMs,
      logger,
      store: async (callOptions) => (await this.#open(callOptions)).store,
      catalog: (callOptions) => this.#openCatalog(callOptions),
    });
  }

  async #rebuild(options: RebuildOptions): Promise<RebuildReport> {
    const { store } = await this.#open({ signal: options.signal });
    const catalog = await this.#openCatalog({ signal: options.signal });
    return rebuildCatalog({ store, catalog, logger: this.#options.logger }, options);
  }

  doctor(options: CallOptions = {}): Promise<DoctorReport> {
    const { config } = this.#options;
    const openStore = (root: string, encryptionKey: Uint8Array | undefined, callOptions: CallOptions): Promise<AsyncDisposable> =>
      openRemoteStore({ root, create: false, compresses: false, encryptionKey, logger: this.#options.logger }, callOptions);
    return runDoctor({ config, driver: this.#driver, catalog: (callOptions) => this.#openCatalog(callOptions), openStore }, options);
  }

  async attach(options: CallOptions = {}): Promise<void> {
    await this.#open(options);
  }

  async prune(request: SweepRequest = {}, options: CallOptions = {}): Promise<SweepReport> {
    const { config, logger } = this.#options;
    const { store } = await this.#open(options);
    return sweep({ store, catalog: (callOptions) => this.#openCatalog(callOptions), config, clock: systemClock, logger }, request, options);
  }

  changeKey(to: KeyPlace, options: CallOptions = {}): Promise<{ readonly changed: boolean }> {
    const { config, logger } = this.#options;
    return changeKey(to, { config, driver: this.#driver, logger }, options);
  }

  async run(request: RunRequest, { signal, onEvent }: RunOptions = {}): Promise<Run> {
    const { config, logger } = this.#options;
    const complete = completeRequest(request, config);
    assertRights(await readCaller());
    const tools = await findTools(config.tools);
    const { store, attached } = await this.#open({ signal });
    const catalog = await this.#catalogOfRun({ signal });
    const exclude = await streamFiles(complete.streams);
    const environment = runEnvironment({ config, attached, store, catalog, journal: this.#journal, tools, exclude, logger });
    return startRun(environment, complete, { signal, onEvent });
  }

  async serveAgent(options: AgentOptions = {}, callOptions: CallOptions = {}): Promise<Agent> {
    const { config, logger, catalogPlugin } = this.#options;
    assertRights(await readCaller());
    const tools = await findTools(config.tools);
    // The first container finds it attached; where it does not answer, each asks by itself.
    void this.#open({}).catch((error: unknown) => logger.warn({ error: String(error) }, 'the storage does not answer yet'));
    return attendedAgent({
      config: config.agent,
      options,
      clock: systemClock,
      logger,
      serve: (complete) =>
        serveAgent(
          {
            config,
            options: complete,
            tools,
            logger,
            environmentOf: (names) => this.#environmentOf(names, tools),
            knownSnapshots: async (job) => {
              const { items } = await (await this.#openCatalog({})).listCheckpoints(job);
              return items.length > 0 ? 'some' : catalogPlugin.isOfOneMachine === true ? 'unknown' : 'none';
            },
          },
          callOptions,
        ),
    });
  }

  /** What is opened for it is every container's: whoever does not wait any longer does not end it. */
  async #environmentOf(names: StorageNames, tools: EngineTools): Promise<RunEnvironment> {
    const { config, logger } = this.#options;
    const { attached } = await this.#open({});
    const { subpath } = storagePlace(names, [{ root: attached.root, aliases: config.agent.imagePaths }]);
    const store = await this.#storeBelow(subpath, {});
    const catalog = await this.#catalogOfRun({});
    return runEnvironment({ config, attached, store, catalog, journal: this.#journal, tools, exclude: [], logger });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    for (const store of this.#below.values()) await (await store.catch(() => undefined))?.[Symbol.asyncDispose]();
    await opened?.store[Symbol.asyncDispose]();
    if (opened !== undefined) await detachStorage(opened.attached, this.#driver);
    await this.#catalog?.catch(() => undefined);
    const connected = this.#connected;
    if (connected !== undefined) await within(async () => await connected[Symbol.asyncDispose](), 'close');
  }

  #open(options: CallOptions): Promise<Opened> {
    this.#opened ??= this.#attach(options).catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #attach(options: CallOptions): Promise<Opened> {
    // Before the storage is touched: without its key nothing can be done there.
    const encryptionKey = await this.#encryptionKey(options);
    // It comes up while the storage is attached.
    const started = new RepositoryProcess(this.#deadlines, this.#options.logger, this.#options.ahead?.take());
    const attached = await this.#driver.attach(options).catch((error: unknown) => {
      started.abandon(asHoldfastError(error));
      throw error;
    });
    try {
      return { attached, store: await this.#openStore(attached, encryptionKey, undefined, options, started) };
    } catch (error) {
      // Why the repository does not open is what matters.
      await detachStorage(attached, this.#driver).catch((failure: unknown) =>
        this.#options.logger.warn({ error: String(failure) }, 'the storage was not detached'),
      );
      throw error;
    }
  }

  async #encryptionKey(options: CallOptions): Promise<Uint8Array | undefined> {
    const { encryption } = this.#options.config;
    return encryption === undefined ? undefined : await readUserKey(encryption, options);
  }

  #openStore(
    { root, guarantees }: AttachedStorage,
    encryptionKey: Uint8Array | undefined,
    below: string | undefined,
    options: CallOptions,
    started?: RepositoryProcess,
  ): Promise<CheckpointStore> {
    const { compresses } = guarantees;
    const { logger } = this.#options;
    return openRemoteStore({ root, below, create: true, compresses, encryptionKey, logger, deadlines: this.#deadlines, started }, options);
  }

  get #deadlines(): RepositoryDeadlines {
    return { ...defaultDeadlines, callMs: this.#options.config.limits.commitTimeoutMs };
  }

  /** The repository in a folder of the storage, opened once; the storage's own where none is named. */
  async #storeBelow(below: string | undefined, options: CallOptions): Promise<CheckpointStore> {
    const { attached, store } = await this.#open(options);
    if (below === undefined) return store;
    const known = this.#below.get(below);
    if (known !== undefined) return await known;
    const opening = this.#encryptionKey(options).then((key) => this.#openStore(attached, key, below, options));
    this.#below.set(below, opening);
    try {
      return await opening;
    } catch (error) {
      this.#below.delete(below);
      throw error;
    }
  }

  #openCatalog(options: CallOptions): Promise<MetadataStore> {
    this.#catalog ??= this.#connect(options).catch((error: unknown) => {
      this.#catalog = undefined;
      throw error;
    });
    return this.#catalog;
  }

  /** What dead processes of this node could not tell the catalog comes first. A failure there is none of the caller's. */
  async #connect(options: CallOptions): Promise<MetadataStore> {
    const { catalogPlugin, config, logger } = this.#options;
    const opened = await within((givenUp) => catalogPlugin.open(config.catalog, { signal: anyOf(options.signal, givenUp) }), 'open');
    this.#connected = opened;
    const catalog = boundedCatalog(opened.type, () => Promise.resolve(opened));
    const store = async (): Promise<CheckpointStore> => (await this.#open(options)).store;
    await catchUp({ ...this.#journal, catalog, store, logger }).catch((error: unknown) =>
      logger.warn({ error: String(error) }, 'what the catalog had missed was not brought over; it stays on this node'),
    );
    return catalog;
  }

  /** A catalog that does not answer stops no job: it is tried again by each call. One that is misconfigured does. */
  async #catalogOfRun(options: CallOptions): Promise<MetadataStore> {
    const { catalogPlugin } = this.#options;
    await this.#openCatalog(options).catch((error: unknown) => {
      if (!isHoldfastError(error) || error.kind !== 'unavailable') throw error;
    });
    return boundedCatalog(catalogPlugin.type, () => this.#openCatalog({}));
  }
}
