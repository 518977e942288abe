import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Source is tested as it stands: `tsplay` and `tsplay/modules` mean the folders, not the built package.
const resolve = { conditions: ['tsplay-source', 'node', 'import', 'module', 'default'] }
const ssr = { resolve: { conditions: ['tsplay-source', 'node', 'import', 'module', 'default'] } }

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lab/**', 'test/conformance/**', 'test/vm/**'],
          testTimeout: 30_000,
          // a third of the time a test waits for a program that it has started
          maxWorkers: 1 + availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        ssr,
        // real hosts, in a network of its own for each file, and time enough to build the lab's base on a fresh machine
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          // most of the time somebody waits for somebody: a third file costs the other two little
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        resolve,
        ssr,
        // against Debian's ansible-core, which is installed where it is missing
        test: {
          name: 'conformance',
          // with the lab's tests, which wait as much
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          globalSetup: ['test/conformance/install.ts'],
          include: ['test/conformance/**/*.test.ts'],
          // ansible takes its time, and others are at work
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      // a virtual machine with emulated processors takes minutes: `npm run test:vm`, and not part of `npm test`
      ...(process.env.TSPLAY_VM
        ? [
            {
              resolve,
              ssr,
              test: {
                name: 'vm',
                include: ['test/vm/**/*.test.ts'],
                fileParallelism: false,
                testTimeout: 1_800_000,
                hookTimeout: 1_800_000,
              },
            },
          ]
        : []),
    ],
  },
})
