/** Does the work for each, so many at a time; the results are in the order of the items. */
export async function inTurn<Item, Result>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<Item, Result>();
  const open = [...items];
  const worker = async (): Promise<void> => {
    for (let item = open.shift(); item !== undefined; item = open.shift()) results.set(item, await work(item));
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return items.flatMap((item) => results.get(item) ?? []);
}
