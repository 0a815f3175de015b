/** Of what is known, what `text` names, in the order of the known; all where it is undefined. Throws what to tell the user. */
export function chosen<T extends string>(option: string, text: string | undefined, known: readonly T[]): readonly T[] {
  if (text === undefined) return known;
  const names = text.split(',');
  const wrong = names.find((name) => !known.some((one) => one === name));
  if (wrong !== undefined) throw new Error(`${option} takes ${known.join(', ')}; ${JSON.stringify(wrong)} is none of them`);
  return known.filter((one) => names.includes(one));
}
