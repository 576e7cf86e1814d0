import { expect, test } from "vitest";
import { silentLog } from "../log.ts";
import { checkBind } from "./check-bind.ts";

const rows = [
  { address: "127.0.0.1:7410", isEncrypted: false, asksForKeys: false, says: undefined },
  { address: "unix:/run/matcher.sock", isEncrypted: false, asksForKeys: false, says: undefined },
  { address: "10.0.0.7:7410", isEncrypted: true, asksForKeys: true, says: undefined },
  { address: "10.0.0.7:7410", isEncrypted: false, asksForKeys: true, says: /plain text/ },
  { address: "0.0.0.0:7410", isEncrypted: true, asksForKeys: false, says: /whoever reaches it may call everything/ },
  { address: "[::]:7410", isEncrypted: false, asksForKeys: false, says: /plain text, and whoever/ },
] as const;

for (const { address, isEncrypted, asksForKeys, says } of rows) {
  const how = `${isEncrypted ? "encrypted" : "plain"}, ${asksForKeys ? "with" : "without"} keys`;
  test(`checkBind() ${says ? "refuses" : "takes"} ${address}, ${how}`, () => {
    const listener = { variable: "MUSTER_MATCHER_BIND", address, isEncrypted, asksForKeys, isUnsafeAllowed: false };
    if (says) expect(() => checkBind(listener, silentLog)).toThrow(says);
    else expect(checkBind(listener, silentLog)).toBe(address);
  });
}

test("checkBind() lets who knows better listen anywhere, and says at each start that it is unsafe", () => {
  const said: string[] = [];
  const log = { ...silentLog, warn: (_fields: object, message: string) => void said.push(message) };
  const unsafe = { variable: "MUSTER_FLEET_BIND", address: "0.0.0.0:7420", isEncrypted: false, asksForKeys: false };
  expect(checkBind({ ...unsafe, isUnsafeAllowed: true }, log)).toBe("0.0.0.0:7420");
  expect(said.join()).toMatch(/^UNSAFE: /);
});
