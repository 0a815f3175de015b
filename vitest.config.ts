import { defineConfig } from 'vitest/config';

const live = 'packages/*/test/**/*.live.test.ts';
// Live tests of what freezes nothing: servers, the repository on real disks, databases of a stand-in.
const servers = 'packages/{aws-databases,catalog,driver-local,store,testkit}/test/**/*.live.test.ts';
const contract = 'packages/*/test/**/*contract.test.ts';

// No module keeps state, so files need no fresh process each: that saves most of the time.
const isolate = false;

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['{bench,chaos,packages/*}/test/**/*.test.ts'], exclude: [live, contract], testTimeout: 60_000, isolate } },
      { test: { name: 'contract', include: [contract], testTimeout: 60_000, isolate } },
      // One file at a time each, since they share the machine. script/test runs the two beside each other.
      { test: { name: 'live', include: [live], exclude: [servers], testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false } },
      { test: { name: 'servers', include: [servers], testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
