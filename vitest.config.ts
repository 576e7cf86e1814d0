// Tests run from source: Vite's resolver needs the source condition told separately from Node's.
import { defineConfig } from "vitest/config";

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
          // Some start processes of their own, and a busy machine takes its time over that.
          testTimeout: 30_000,
          include: [
            "*/src/**/*.test.ts",
            "test/{tidy,languages,sim,fuzz,conformance,recovery,races,guard,traces,examples,guides,crowd,site}/**/*.test.ts",
            "test/chaos/*/*.test.ts",
            "examples/*/src/**/*.test.ts",
          ],
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
