export { type CheckOutsideOptions, checkOutside } from './check-outside.js';
export type { SavedTail } from './cut-outside.js';
export { createFileCapture, type FileCapture, type FileCaptureOptions, type FrozenFiles } from './file-capture.js';
export { mergeRoots } from './merge-roots.js';
export type { FilesMetadata, PreviousTrees } from './previous-trees.js';
export { type OutsideFile, recordOutside } from './record-outside.js';
export { type RestoredFiles, type RestoreFilesOptions, restoreFiles } from './restore-files.js';
export { assertTrackable } from './trackable.js';
export { type OpenFile, ownFolderName, type TrackedRoot } from './tracked-root.js';
