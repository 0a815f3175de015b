import type { BucketClient } from '../../src/client.js';

/** A bucket in memory, with conditional writes. */
export function fakeBucket(): { readonly client: BucketClient; readonly objects: Map<string, string> } {
  const objects = new Map<string, string>();
  const client: BucketClient = {
    exists: async () => true,
    create: async () => 'created',
    secure: async () => {},
    tag: async () => {},
    tags: async () => ({}),
    remove: async () => {},
    read: async (key) => {
      const text = objects.get(key);
      return text === undefined ? undefined : { text, etag: text };
    },
    write: async (key, text, { over } = {}) => {
      if (objects.get(key) !== over) return false;
      objects.set(key, text);
      return true;
    },
    list: async (prefix, most) => [...objects.keys()].filter((key) => key.startsWith(prefix)).slice(0, most),
    removeObjects: async (keys) => keys.forEach((key) => objects.delete(key)),
    close: () => {},
  };
  return { client, objects };
}
