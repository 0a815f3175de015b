/** What a driver can do. The contract suite reads it: a capability that is false is tested to be refused. */
export interface StorageCapabilities {
  /** `provision` makes the storage; false where it must be there already. */
  readonly provision: boolean;
  readonly destroy: boolean;
  readonly bootFragment: boolean;
  /** Two machines can attach it at once. */
  readonly multiAttach: boolean;
  /** `attach` takes `lasting`, and `detachLasting` ends it. */
  readonly lastingAttach: boolean;
  /** `usage` tells a size that means something. */
  readonly usage: boolean;
}
