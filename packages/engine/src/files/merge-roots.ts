import { sep } from 'node:path';
import type { TrackedRoot } from './tracked-root.js';

/** Leaves out a root that lies inside another, or is named twice: the outer one covers it. The rest keep their order and ids. */
export function mergeRoots(roots: readonly TrackedRoot[]): readonly TrackedRoot[] {
  return roots.filter((root, number) => !roots.some((other, otherNumber) => other !== root && covers(other, otherNumber, root, number)));
}

function covers(outer: TrackedRoot, outerNumber: number, inner: TrackedRoot, innerNumber: number): boolean {
  if (outer.hostPath === inner.hostPath) return outerNumber < innerNumber;
  return inner.hostPath.startsWith(outer.hostPath.endsWith(sep) ? outer.hostPath : outer.hostPath + sep);
}
