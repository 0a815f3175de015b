import { createFileOperations, type FileOperations, type OpenFile } from '@holdfast/store/internal';

/** The real file operations up to the `dying`th that changes something; from then on nothing happens any more, as where the process was killed. */
export function dyingOperations(dying: number): { readonly files: FileOperations; readonly count: () => number } {
  const real = createFileOperations();
  let count = 0;
  const counted =
    <Given extends readonly unknown[], Result>(work: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      count += 1;
      if (count > dying) throw new Error('killed');
      return await work(...given);
    };
  const wrap = (file: OpenFile): OpenFile => ({
    ...file,
    read: (target, position) => file.read(target, position),
    info: () => file.info(),
    truncate: (sizeBytes) => file.truncate(sizeBytes),
    close: () => file.close(),
    write: counted((bytes, position) => file.write(bytes, position)),
    sync: counted((point) => file.sync(point)),
  });
  const create = counted((path: string | Uint8Array) => real.open(path, 'create'));
  const files: FileOperations = {
    ...real,
    open: async (path, access) => (access === 'create' ? wrap(await create(path)) : await real.open(path, access)),
    syncDirectory: counted(real.syncDirectory),
    rename: counted(real.rename),
    link: counted(real.link),
    remove: counted(real.remove),
    makeDirectory: counted(real.makeDirectory),
    removeDirectory: counted(real.removeDirectory),
  };
  return { files, count: () => count };
}
