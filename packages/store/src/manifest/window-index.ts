import type { ObjectMap } from './page-map.js';
import { WindowCursor } from './window-cursor.js';

const windowsPerMark = 64;

/** Finds a window of an object without a walk from its beginning. */
export class WindowIndex {
  readonly #marks: WindowCursor[] = [];

  constructor(map: ObjectMap) {
    const cursor = new WindowCursor(map);
    for (let count = 0; cursor.next(); count += 1) if (count % windowsPerMark === 0) this.#marks.push(cursor.clone());
  }

  /** At the first window at or after this one; its `window` is infinite where there is none. */
  at(window: number): WindowCursor | undefined {
    let [low, high] = [0, this.#marks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#marks[middle]?.window ?? 0) <= window) low = middle + 1;
      else high = middle;
    }
    const cursor = this.#marks[Math.max(low - 1, 0)]?.clone();
    cursor?.seek(window);
    return cursor;
  }
}
