import { defineConfig } from 'vitest/config';

const live = 'packages/*/test/**/*.live.test.ts';
// Live tests of what freezes nothing: servers, the repository on real disks, databases of a stand-in.
const servers = 'packages/{aws-databases,catalog,driver-local,store,testkit}/test/**/*.live.test.ts';
const contract = 'packages/*/test/**/*contract.test.ts';

// What comes by itself may take its time on a busy machine; the preset is one second.
const patience = { poll: { timeout: 30_000 } };

// No module keeps state, so files need no fresh process each: that saves most of the time.
const quick = { testTimeout: 60_000, isolate: false, expect: patience };
// One file at a time each, since they share the machine. script/test runs the two beside each other.
const slow = { testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false, expect: patience };

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['{bench,chaos,packages/*}/test/**/*.test.ts'], exclude: [live, contract], ...quick } },
      { test: { name: 'contract', include: [contract], ...quick } },
      { test: { name: 'live', include: [live], exclude: [servers], ...slow } },
      { test: { name: 'servers', include: [servers], ...slow } },
    ],
  },
});
