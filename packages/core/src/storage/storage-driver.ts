import type { HoldfastError } from '../errors/holdfast-error.js';
import type { StorageCapabilities } from './storage-capabilities.js';

/** Every call takes a signal; an aborted call rejects with kind `aborted` and leaves nothing half made that a repeat would not mend. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** One thing that `provision` would make, adopt, change or leave. */
export interface PlannedResource {
  readonly kind: string;
  readonly name: string;
  readonly action: 'create' | 'adopt' | 'change' | 'none';
  readonly detail: string;
  /** About what it costs, in words: `about 15-30 USD a month`. Absent where it costs nothing by itself. */
  readonly costClass?: string;
}

export interface StoragePlan {
  readonly resources: readonly PlannedResource[];
  /** True where `provision` would change nothing. */
  readonly upToDate: boolean;
}

export type StorageState = 'absent' | 'creating' | 'ready' | 'degraded' | 'failed';

export interface StorageInspection {
  readonly state: StorageState;
  readonly reason: string | undefined;
  readonly resources: readonly PlannedResource[];
}

export interface StorageProgress {
  readonly step: string;
  readonly message: string;
}

/** A process that uses the storage. */
export interface StorageSession {
  readonly host: string;
  /** Undefined where the storage does not tell. */
  readonly pid: number | undefined;
  /** When it began, as `Date` writes it; undefined where the storage does not tell. */
  readonly since: string | undefined;
}

export interface StorageHealth {
  readonly ok: boolean;
  /** Time that the probe took. */
  readonly latencyMs: number;
  readonly reason: string | undefined;
}

export interface StorageUsage {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** How the storage is attached on this machine, and who uses it now. */
export interface StorageStatus {
  /** Where it is attached on this machine; undefined where it is not. */
  readonly root: string | undefined;
  /** True from `attach({ lasting: true })` to `detachLasting`, on this machine. */
  readonly lasting: boolean;
  /** Of this machine at least; of others where the storage knows them. */
  readonly sessions: readonly StorageSession[];
  /** As `AttachedStorage.health` tells it; undefined where it is not attached. */
  readonly health: StorageHealth | undefined;
  /** Undefined where it is not attached, does not answer, or `capabilities.usage` is false. */
  readonly usage: StorageUsage | undefined;
  /** What the storage's client on this machine counts, by names with their unit; absent where there is none, or it does not answer. */
  readonly metrics?: Readonly<Record<string, number>> | undefined;
}

/** What the attached directory promises; the engine and the store choose by it. */
export interface StorageGuarantees {
  /** `machine`: gone with this machine. `shared`: other machines see it and it outlives them. */
  readonly scope: 'machine' | 'shared';
  /** True where a rename is seen whole or not at all by every machine. */
  readonly atomicRename: boolean;
  /** True where fsync returns only after the bytes survive the loss of the machine's power. */
  readonly durableFsync: boolean;
  /** True where the storage compresses by itself, so that the store should not. */
  readonly compresses: boolean;
  /** Size of the writes that the storage takes best. */
  readonly preferredWriteSizeBytes: number;
}

/** As `AttachedStorage.watchTrouble` gives it. */
export type TellTrouble = (options?: CallOptions) => Promise<HoldfastError | undefined>;

/** A mounted place. A call after `detach` rejects with HF_NOT_ATTACHED (the guard layer sees to it). */
export interface AttachedStorage extends AsyncDisposable {
  /**
   * Absolute path of the directory in which the repository lies.
   *
   * - Takes files, directories, renames and fsync of both.
   * - Of exclusive creations of one name, over all attachments, exactly one succeeds.
   * - What was written, synced and renamed through one attachment is read complete through the others.
   */
  readonly root: string;
  readonly guarantees: StorageGuarantees;

  /**
   * Asks the storage itself whether it answers.
   *
   * - Resolves with `ok: false` and a reason where it does not; rejects only on the signal and after `detach`.
   * - Answers within 3.5 s, also on a mount that hangs, without blocking this process.
   */
  health(options?: CallOptions): Promise<StorageHealth>;

  /**
   * Begins to watch for what is wrong behind the mount: a file system tells a failure by a bare `EIO`, or by silence. Absent where a storage can tell no more than that.
   *
   * - Resolves with a function that tells what has been wrong since, or is wrong now, as an error with the cause and the remedy; undefined where nothing is known to be wrong.
   * - Neither rejects for the storage's sake. The function answers within 5 s, also on a mount that hangs, without blocking this process.
   */
  watchTrouble?(): Promise<TellTrouble>;

  /**
   * Size and free space as the file system tells them.
   *
   * - Requires `capabilities.usage`; else rejects with HF_UNSUPPORTED.
   * - Rejects with kind `timeout` or `unavailable` where the storage does not answer.
   */
  usage(options?: CallOptions): Promise<StorageUsage>;

  /**
   * Waits until everything written before the call is durable on the storage's far side.
   *
   * - A repeat is harmless. With nothing to flush it resolves at once.
   * - Never resolves with bytes still on this machine only.
   */
  flush(options?: CallOptions): Promise<void>;

  /**
   * Flushes and lets go of the place. Files stay.
   *
   * - A repeat resolves and does nothing.
   */
  detach(options?: CallOptions): Promise<void>;
}

/**
 * One kind of storage: how it comes to be, how a machine reaches it, how it goes away.
 * A driver knows nothing of jobs and snapshots, keeps no retry, timeout or logging of its own (layers do), and builds no client in its constructor.
 */
export interface StorageDriver {
  /** The implementation: `local`, `efs`. */
  readonly type: string;
  /** This instance, for messages: `local:/var/lib/holdfast`. Holds no secret. */
  readonly name: string;
  readonly capabilities: StorageCapabilities;

  /** Tells what `provision` would do and changes nothing. */
  plan(options?: CallOptions): Promise<StoragePlan>;

  /**
   * Makes what is missing until the storage is ready.
   *
   * - Requires `capabilities.provision`; else rejects with HF_UNSUPPORTED.
   * - Idempotent: on ready storage it changes nothing, and a rerun after a kill at any point ends with exactly one of each resource.
   * - Reports each step through `onProgress`.
   */
  provision(options?: CallOptions & { readonly onProgress?: (progress: StorageProgress) => void }): Promise<StorageInspection>;

  /** Tells the state as it is now. Absence is a state, not an error. */
  inspect(options?: CallOptions): Promise<StorageInspection>;

  /**
   * Makes the storage reachable below a directory of this machine.
   *
   * - Rejects with kind `not-found` where it was never provisioned; never provisions by itself.
   * - Refuses a place that cannot be written with an error that names it and the remedy.
   * - Each call gives an attachment of its own; detaching one leaves the others working.
   * - With `lasting` (requires `capabilities.lastingAttach`; else rejects with HF_UNSUPPORTED) the place stays attached on this machine when the
   *   attachment is detached and its process has ended, until `detachLasting`. A repeat changes nothing.
   */
  attach(options?: CallOptions & { readonly lasting?: boolean }): Promise<AttachedStorage>;

  /**
   * Ends what `attach({ lasting: true })` began, whichever process began it.
   *
   * - Requires `capabilities.lastingAttach`; else rejects with HF_UNSUPPORTED.
   * - Attachments that are in use go on working; the place goes away with the last of them, or now where there is none, flushed.
   * - A repeat resolves, and so does one for storage that is not attached.
   */
  detachLasting(options?: CallOptions): Promise<void>;

  /**
   * Tells where the storage is attached on this machine, whether it answers there, and the sessions that use it: each from an `attach` to its `detach`, or
   * to the end of its process.
   *
   * - Changes nothing, and never attaches. Of absent storage it tells no place and no sessions.
   * - Resolves also where the storage itself does not answer: `health` says so, within 3.5 s.
   */
  status(options?: CallOptions): Promise<StorageStatus>;

  /**
   * Removes what `provision` made, and nothing else.
   *
   * - Requires `capabilities.destroy`; else rejects with HF_UNSUPPORTED.
   * - Absent storage is success; so is a repeat.
   * - Refuses with kind `conflict` where the storage holds anything that `provision` did not make; `force` removes that as well.
   * - Refuses with HF_STORAGE_IN_USE where a session lives or a lasting attachment stands, also by `force`, and removes nothing.
   * - What was adopted, not made, is never removed, not even by `force`.
   * - Reports through `onProgress` what it waits for.
   */
  destroy(options?: CallOptions & { readonly force?: boolean; readonly onProgress?: (progress: StorageProgress) => void }): Promise<void>;

  /**
   * The shell lines that a node runs at boot to attach the storage before any job.
   *
   * - Requires `capabilities.bootFragment`; else throws HF_UNSUPPORTED.
   * - Holds no secret; running it twice is harmless; a failure stops the boot.
   */
  bootFragment(): string;
}

/** What a package of a driver exports: how to make one from configuration or from a URL. Does no work until asked. */
export interface StoragePlugin {
  readonly type: string;
  /** Schemes of `--storage` that select this driver, without the colon; the empty string for bare paths. */
  readonly urlSchemes: readonly string[];
  /** JSON Schema of the `storage` section of the configuration file. */
  readonly configSchema: Readonly<Record<string, unknown>>;
  /** Turns a URL (or a bare path, for the driver that takes them) into the driver's configuration. Throws HF_CONFIG. */
  configFromUrl(url: string): unknown;
  /** Parses the section, `type` included, once; wrong values are refused by name (HF_CONFIG), never clamped. `layerDriver` goes around the result. */
  create(config: unknown): StorageDriver;
}
