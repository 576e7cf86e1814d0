// Tests run from source: Vite's resolver needs the source condition told separately from Node's.
import { configDefaults, defineConfig } from "vitest/config";

const conditions = ["@muster/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // One for each core: by default one is left idle, which is half of a small machine.
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["*/src/**/*.test.ts", "examples/*/src/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "bench/**"], // It measures, and wants a process to itself.
          // Some start processes of their own, and a busy machine takes its time over that.
          testTimeout: 30_000,
          // A worker imports a module once for all its files, as imports took longer than most tests. What modules keep are caches,
          // buffers and counters of which no test may tell one state from another; mocks, timers and variables are put back by who set them.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          // Of one group the projects run in the order of their names: small tests last, so that no worker waits long at the end.
          name: "system",
          include: [
            "test/{tidy,languages,sim,fuzz,conformance,recovery,races,guard,traces,examples,guides,crowd,site}/**/*.test.ts",
            "test/chaos/*/*.test.ts",
            "bench/src/**/*.test.ts",
          ],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/{e2e,pack,versions}/**/*.test.ts", "test/chaos/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
