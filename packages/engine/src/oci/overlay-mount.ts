import type { OverlayDescription } from './overlay-description.js';

/** A container's root file system that nobody uses yet; its upper directory is changed only while it is not mounted. */
export interface OverlayMount {
  readonly description: OverlayDescription;
  /**
   * Takes the mount away and empties its work directory, after which the upper directory is an ordinary one. A repeat is harmless. Rejects with
   * HF_CONTAINER_FILES, the mount in place, where somebody else still has it.
   */
  unmount(): Promise<void>;
  /** Empties the upper directory: what a restore left in it, and what was in it before. Unmounts first. */
  reset(): Promise<void>;
  /** Mounts it with the same options at the same place. A repeat is harmless. Rejects with HF_CONTAINER_FILES. */
  mount(): Promise<void>;
}
