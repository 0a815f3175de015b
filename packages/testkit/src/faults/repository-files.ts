import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface RepositoryFile {
  /** Relative to the root. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly kind: 'identity' | 'pack' | 'manifest' | 'epoch' | 'other';
}

/** Every file below a repository's root, by path. */
export async function repositoryFiles(root: string): Promise<readonly RepositoryFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = files.map(async (file) => ({ path: relative(root, file), sizeBytes: (await stat(file)).size, kind: kindOf(relative(root, file)) }));
  return (await Promise.all(found)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

function kindOf(path: string): RepositoryFile['kind'] {
  if (path === 'repository.json') return 'identity';
  if (path.endsWith('.pack')) return 'pack';
  if (path.endsWith('.manifest')) return 'manifest';
  return path.includes('/epochs/') ? 'epoch' : 'other';
}
