/** Where what a job sees lies, of a job that has a file system of its own. Paths as the job sees them, bytes as latin1; so the answers. */
export interface FilePlaces {
  /** Undefined for what is in the job's container alone, such as /proc. */
  hostPathOf(path: string): string | undefined;
  /** True for what a restore makes by itself: in a tracked root, in a file system in the container's memory, or made up by the kernel. */
  comesBack(path: string): boolean;
}
