import type { FailureClass } from '../sql/flavour.js';

// https://www.sqlite.org/rescode.html; an extended code's low byte is its primary code.
const classes = new Map<number, FailureClass>([
  [3, 'unavailable'], // PERM
  [5, 'transient'], // BUSY
  [6, 'transient'], // LOCKED
  [8, 'unavailable'], // READONLY
  [10, 'unavailable'], // IOERR
  [11, 'corrupt'], // CORRUPT
  [13, 'unavailable'], // FULL
  [14, 'unavailable'], // CANTOPEN
  [15, 'transient'], // PROTOCOL: many open at the same moment
  [26, 'corrupt'], // NOTADB
]);
/** Two inserted the same key at once: the second time the later one updates. */
const duplicateKey = new Set([1555, 2067]); // CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE
const unreachable = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'ESTALE',
  'EEXIST',
  'ELOOP',
  'EMFILE',
  'ENFILE',
]);

/** Sorts what node:sqlite, the file system and the closed query builder throw. */
export function classifySqliteError(error: unknown): FailureClass {
  if (!(error instanceof Error)) return 'unknown';
  if ('errcode' in error && typeof error.errcode === 'number') {
    return duplicateKey.has(error.errcode) ? 'transient' : (classes.get(error.errcode & 0xff) ?? 'unknown');
  }
  if ('code' in error && typeof error.code === 'string' && unreachable.has(error.code)) return 'unavailable';
  return error.message.includes('driver has already been destroyed') ? 'unavailable' : 'unknown';
}

/** True where this user lacks a right, and nothing else is wrong: to open the file, or to write what was opened. */
export function isPermissionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('errcode' in error && typeof error.errcode === 'number') return (error.errcode & 0xff) === 3;
  return 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}
