import { defineConfig } from 'vitest/config';

const live = 'packages/*/test/**/*.live.test.ts';
const contract = 'packages/*/test/**/*contract.test.ts';

// No module keeps state, so files need no fresh process each: that saves most of the time.
const isolate = false;

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['packages/*/test/**/*.test.ts'], exclude: [live, contract], testTimeout: 20_000, isolate } },
      { test: { name: 'contract', include: [contract], testTimeout: 30_000, isolate } },
      // Real CRIU, runc and file systems: one file at a time, since they share the machine.
      { test: { name: 'live', include: [live], testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
