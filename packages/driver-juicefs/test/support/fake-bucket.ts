import type { BucketClient } from '../../src/client.js';

export interface FakeBucket {
  readonly client: BucketClient;
  readonly objects: Map<string, string>;
  readonly tags: Map<string, string>;
}

/** A bucket in memory, with conditional writes. */
export function fakeBucket(): FakeBucket {
  const objects = new Map<string, string>();
  const tags = new Map<string, string>();
  const client: BucketClient = {
    exists: async () => true,
    create: async () => 'created',
    secure: async () => {},
    // As S3: the whole set is replaced.
    tag: async (set) => {
      tags.clear();
      for (const [key, value] of Object.entries(set)) tags.set(key, value);
    },
    tags: async () => Object.fromEntries(tags),
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
  return { client, objects, tags };
}
