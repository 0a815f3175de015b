/** Throws what to tell the user. */
export function parseCount(option: string, text: string): number {
  if (!/^[1-9][0-9]{0,2}$/.test(text)) throw new Error(`${option} takes a number from 1 to 999; ${JSON.stringify(text)} is none`);
  return Number(text);
}
