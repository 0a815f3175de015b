import { createFileOperations, type FileOperations } from '@holdfast/store/internal';

/** Lets everything through, and does something before each operation that changes or lists a directory. */
export function interrupted(before: (ordinal: number) => Promise<void>): { readonly files: FileOperations; readonly count: () => number } {
  const real = createFileOperations();
  let ordinal = 0;
  const step = async (): Promise<void> => {
    const at = ordinal;
    ordinal += 1;
    await before(at);
  };
  const stopping =
    <Given extends readonly unknown[], Result>(work: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      await step();
      return await work(...given);
    };
  const files = { ...real, open: stopping(real.open), list: stopping(real.list), rename: stopping(real.rename), link: stopping(real.link) };
  return { files, count: () => ordinal };
}
