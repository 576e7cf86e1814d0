import { expect, test } from "vitest";
import { opensDebugger } from "./debug-config.ts";

const rows = [
  { command: ["node", "server.js"], debug: false },
  { command: ["node", "--inspect", "server.js"], debug: true },
  { command: ["node", "--inspect-brk=0", "server.js"], debug: true },
  { command: ["node", "--inspect-wait=127.0.0.1:9300", "server.js"], debug: true },
  { command: ["node", "--inspector-of-things", "server.js"], debug: false },
  { command: ["./game"], env: { NODE_OPTIONS: "--no-warnings --inspect=0" }, debug: true },
  { command: ["./game"], env: { OTHER: "--inspect" }, debug: false },
];
for (const { command, env = {}, debug } of rows) {
  test(`opensDebugger() is ${debug} for ${[...Object.values(env), ...command].join(" ")}`, () => {
    const launch = { name: "", command, cwd: undefined, env, processes: 1 };
    expect(opensDebugger([{ name: "", launches: [launch] }])).toBe(debug);
  });
}
