import { expect, test } from "vitest";
import { findRemarks } from "./rules.ts";
import type { Source } from "./sources.ts";

function source(path: string, text: string, imports: readonly string[] = []): Source {
  const parts = path.split("/");
  return { path, place: parts[0] === "examples" ? parts.slice(0, 2).join("/") : (parts[0] ?? ""), text, imports };
}

const remarked = [
  { name: "a core that reads the clock", path: "matcher/src/core/a.ts", text: "const t = Date.now();" },
  { name: "a core that waits", path: "matcher/src/core/a.ts", text: "await x;" },
  { name: "a shell that rolls dice", path: "matcher/src/a.ts", text: "Math.random()" },
  { name: "a swallowed error", path: "cli/src/a.ts", text: "try { x(); } catch {}" },
  { name: "a drawer", path: "cli/src/utils.ts", text: "" },
  { name: "a barrel", path: "cli/src/view/index.ts", text: "" },
  { name: "a narrowed test", path: "cli/src/a.test.ts", text: "test.only('x')" },
  { name: "matcher importing the fleet", path: "matcher/src/a.ts", imports: ["@muster/mock-fleet"] },
  { name: "a sidecar with zod", path: "sidecar/src/a.ts", imports: ["zod"] },
  { name: "an example that looks behind the SDK", path: "examples/arena/src/a.ts", imports: ["@muster/proto"] },
  { name: "a path into another package", path: "cli/src/a.ts", imports: ["../../matcher/src/matcher.ts"] },
  { name: "an import without extension", path: "cli/src/a.ts", imports: ["./b"] },
];
for (const { name, path, text = "", imports = [] } of remarked) {
  test(`findRemarks() remarks ${name}`, () => {
    expect(findRemarks([source(path, text, imports)])).toHaveLength(1);
  });
}

const fine = [
  { name: "a comment that names the clock", path: "matcher/src/core/a.ts", text: "// not Date.now()" },
  { name: "the clock's own file", path: "kit/src/clock.ts", text: "Date.now()" },
  { name: "a test of a core that waits", path: "matcher/src/core/a.test.ts", text: "await x;" },
  { name: "the cli importing everything", path: "cli/src/a.ts", imports: ["@muster/matcher"] },
  { name: "a file two folders up in its package", path: "cli/src/view/a.ts", imports: ["../main.ts"] },
];
for (const { name, path, text = "", imports = [] } of fine) {
  test(`findRemarks() leaves ${name}`, () => expect(findRemarks([source(path, text, imports)])).toEqual([]));
}
