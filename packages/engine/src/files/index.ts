export { checkOutside } from './check-outside.js';
export { createFileCapture, type FileCapture } from './file-capture.js';
export type { FilePlaces } from './file-places.js';
export { mergeRoots } from './merge-roots.js';
export type { PreviousTrees } from './previous-trees.js';
export { type OutsideFile, recordOutside } from './record-outside.js';
export { type RestoredFiles, restoreFiles } from './restore-files.js';
export { assertTrackable } from './trackable.js';
export { ownFolderName, type TrackedRoot } from './tracked-root.js';
