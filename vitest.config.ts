import { defineConfig } from 'vitest/config';

const live = 'packages/*/test/**/*.live.test.ts';
const contract = 'packages/*/test/**/*contract.test.ts';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['packages/*/test/**/*.test.ts'], exclude: [live, contract], testTimeout: 20_000 } },
      { test: { name: 'contract', include: [contract], testTimeout: 30_000 } },
      // Real CRIU, runc and file systems: one file at a time, since they share the machine.
      { test: { name: 'live', include: [live], testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
