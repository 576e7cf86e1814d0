import { expect, test } from "vitest";
import { readPort } from "./read-port.ts";

const rows = [
  { text: undefined, port: 7_400 },
  { text: "", port: 7_400 },
  { text: "0", port: 0 },
  { text: "65535", port: 65_535 },
];
for (const { text, port } of rows) test(`readPort() reads ${text} as ${port}`, () => expect(readPort(text)).toBe(port));

for (const text of ["65536", "-1", "http", "1.5"]) {
  test(`readPort() refuses ${text}`, () =>
    expect(() => readPort(text)).toThrow(/^Cannot read BACKEND_PORT as .+: it is/));
}
