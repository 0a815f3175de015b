import { createFileOperations, type FileOperations } from '@holdfast/store/internal';

const watched = ['open', 'list', 'rename', 'link', 'remove', 'removeDirectory', 'syncDirectory'] as const;

export interface WatchedOperation {
  readonly name: (typeof watched)[number];
  /** The one that it acts on; of a rename or link the new name. */
  readonly path: string;
}

/** The real file operations, with something done once, before the first of which `when` says so. */
export function onceBefore(when: (operation: WatchedOperation) => boolean, work: () => Promise<void>): FileOperations {
  const real = createFileOperations();
  let done = false;
  const stepping =
    <Given extends readonly unknown[], Result>(name: WatchedOperation['name'], operation: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      const path = given[name === 'rename' || name === 'link' ? 1 : 0] as string | Uint8Array;
      if (!done && when({ name, path: Buffer.from(path).toString() })) {
        done = true;
        await work();
      }
      return await operation(...given);
    };
  return {
    ...real,
    open: stepping('open', real.open),
    list: stepping('list', real.list),
    rename: stepping('rename', real.rename),
    link: stepping('link', real.link),
    remove: stepping('remove', real.remove),
    removeDirectory: stepping('removeDirectory', real.removeDirectory),
    syncDirectory: stepping('syncDirectory', real.syncDirectory),
  };
}
