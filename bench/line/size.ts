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
