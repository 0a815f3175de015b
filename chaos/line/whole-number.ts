export interface NumberRange {
  readonly least: number;
  readonly most: number;
}

/** For seeds: what the random numbers begin with. */
export const seeds: NumberRange = { least: 0, most: 999_999_999 };

/** The number behind an option. Throws what to tell the user. */
export function wholeNumber(option: string, text: string, { least, most }: NumberRange): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`${option} is '${text}': give a whole number from ${least} to ${most}`);
}
