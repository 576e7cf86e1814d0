import type { ProcessId, ServerSessionId } from "@muster/proto";
import type { Caller } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import { capabilityOf, checkCapability } from "./capability.ts";
import type { MatchedSession } from "./core/matcher-state.ts";

const session = {
  battleSessionId: "bs_1" as ServerSessionId,
  processId: "proc_1" as ProcessId,
  incarnation: 2,
  capabilityKey: Uint8Array.of(1, 2, 3),
} as MatchedSession;
const own = capabilityOf(session);
const caller = (role: Caller["role"]): Caller => ({ name: "somebody", role, project: "default" });

const rows = [
  { name: "the session's own capability", presented: own, who: undefined, reason: undefined },
  { name: "an operator without one", presented: "", who: caller("OPERATOR"), reason: undefined },
  { name: "anybody without one where nobody is asked", presented: "", who: undefined, reason: undefined },
  { name: "a game server's key without one", presented: "", who: caller("GAME_SERVER"), reason: "NOT_YOUR_SESSION" },
  {
    name: "the capability of an earlier run",
    presented: capabilityOf({ ...session, incarnation: 1 }),
    who: undefined,
    reason: "NOT_YOUR_SESSION",
  },
  { name: "what is no capability", presented: "guess", who: caller("OPERATOR"), reason: "CREDENTIALS_INVALID" },
] as const;

for (const { name, presented, who, reason } of rows) {
  test(`checkCapability() ${reason ? "refuses" : "takes"} ${name}`, () => {
    const check = () => checkCapability(session, presented, who);
    if (reason === undefined) return expect(check).not.toThrow();
    expect(check).toThrow(expect.objectContaining({ reason }));
    expect(check).not.toThrow(own);
  });
}
