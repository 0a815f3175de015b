/** The catalog that the contenders of a campaign share. */
export interface Arena extends AsyncDisposable {
  readonly kind: string;
  /** Type of the catalog's plugin, and what it is opened with. */
  readonly catalog: { readonly type: string; readonly section: unknown };
}
