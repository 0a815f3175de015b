/** Mebibytes. Throws what to tell the user. */
export function parseSizeMib(option: string, text: string): number {
  const [, digits, unit] = /^([1-9][0-9]{0,4})(MiB|GiB)$/.exec(text) ?? [];
  if (digits === undefined) throw new Error(`${option} takes sizes such as 256MiB or 1GiB; ${JSON.stringify(text)} is none`);
  return Number(digits) * (unit === 'GiB' ? 1024 : 1);
}

/** As a person reads it. */
export function sizeText(sizeMib: number): string {
  return sizeMib % 1024 === 0 ? `${sizeMib / 1024} GiB` : `${sizeMib} MiB`;
}

/** Of a benchmark's jobs, from a list with commas; what is usual where there is none. Throws an Error as `parseSizeMib` does. */
export function parseSizesMib(text: string | undefined, quick: boolean): readonly number[] {
  if (text === undefined) return quick ? [256, 1024] : [256, 1024, 4096, 8192];
  return text.split(',').map((each) => parseSizeMib('--sizes', each));
}
