import { createFileOperations, type FileOperations, type OpenFile } from '@holdfast/store/internal';

export interface Operation {
  readonly name: string;
  readonly path: string;
}

/** What happens to an operation: undefined lets it through, a number lets a write take only that many bytes. */
export type Script = (operation: Operation, ordinal: number) => Error | number | undefined;

/** The real file operations, each changing one told to the script first and noted. */
export function scriptedOperations(script: Script = () => undefined): { readonly files: FileOperations; readonly log: Operation[] } {
  const real = createFileOperations();
  const log: Operation[] = [];
  const step = (name: string, path: string | Uint8Array): number | undefined => {
    const operation = { name, path: Buffer.from(path).toString() };
    const verdict = script(operation, log.push(operation) - 1);
    if (verdict instanceof Error) throw verdict;
    return verdict;
  };
  const wrap = (file: OpenFile, path: string | Uint8Array): OpenFile => ({
    ...file,
    write: async (bytes, position) => await file.write(bytes.subarray(0, step('write', path) ?? bytes.length), position),
    sync: async (point) => {
      step(`sync ${point}`, path);
      await file.sync(point);
    },
    close: async () => {
      await file.close();
      step('close', path);
    },
  });
  const files: FileOperations = {
    ...real,
    open: async (path, access) => {
      if (access !== 'create') return await real.open(path, access);
      step('create', path);
      return wrap(await real.open(path, access), path);
    },
    syncDirectory: async (path, point) => {
      step(`sync ${point}`, path);
      await real.syncDirectory(path, point);
    },
    rename: async (from, to) => {
      step('rename', to);
      await real.rename(from, to);
    },
    link: async (existing, created) => {
      step('link', created);
      await real.link(existing, created);
    },
    remove: async (path) => {
      step('remove', path);
      await real.remove(path);
    },
    makeDirectory: async (path) => {
      step('mkdir', path);
      await real.makeDirectory(path);
    },
    removeDirectory: async (path) => {
      step('rmdir', path);
      await real.removeDirectory(path);
    },
  };
  return { files, log };
}

/** Nothing succeeds any more from the operation on for which `dies` says so: as if the process had been killed before it. */
export function dyingAt(dies: (operation: Operation) => boolean): Script & { readonly died: () => boolean } {
  let dead = false;
  const script: Script = (operation) => {
    dead = dead || dies(operation);
    return dead ? systemError('EIO') : undefined;
  };
  return Object.assign(script, { died: () => dead });
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}
