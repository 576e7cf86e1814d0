// Faults of join tokens and hooks.
import type { PlantedFault } from "./planted-fault.ts";

const REDEEM = "matcher/src/core/join-tokens/decide-redeem.ts";
const READER = "matcher/src/journal-codec/snapshot-reader.ts";
const BEFORE = "matcher/src/hooks/before-ticket.ts";

export const joinFaults: readonly PlantedFault[] = [
  {
    name: "a join token lets in whoever shows it",
    patches: [{ file: REDEEM, find: "if (before !== undefined) {", replace: "if (before === requestId) {" }],
  },
  {
    name: "a snapshot forgets who was let in by a join token",
    patches: [
      { file: READER, find: "redeemJoin(state.joins, decodeRedemption(columns.joinRedeemed.at(row)));", replace: "" },
    ],
  },
  {
    name: "a join token is of the moment",
    patches: [
      {
        file: "matcher/src/core/join-tokens/join-book.ts",
        find: "return { keyId, audience, grantedAtWallMs: at.atWallMs, lifetimeMs, expiresAtMs };",
        replace:
          "return { keyId, audience, get grantedAtWallMs() { return at.atWallMs + (count += 1); }, lifetimeMs, expiresAtMs };",
      },
      {
        file: "matcher/src/core/join-tokens/join-book.ts",
        find: "export const PUBLISHED_FOR_MS = 60_000;",
        replace: "export const PUBLISHED_FOR_MS = 60_000;\nlet count = 0;",
      },
    ],
  },
  {
    name: "a ticket enters whatever the hook says",
    patches: [{ file: BEFORE, find: 'if (answer.decision === "ADMIT")', replace: "if (answer)" }],
  },
  {
    name: "a match that a hook refused goes on",
    patches: [
      {
        file: "matcher/src/core/hooks/decide-weighed.ts",
        find: 'if (verdict.type === "refuse") return [{ ...refused, code: verdict.code }];',
        replace:
          'if (verdict.type === "refuse") return [{ ...refused, match: { ...match, hook: undefined }, code: "" }];',
      },
    ],
  },
  {
    name: "a matcher that comes back asks no hook of the matches that wait",
    patches: [
      {
        file: "matcher/src/matcher.ts",
        find: "for (const matchId of state.weighed.keys()) weighing.poke(matchId);",
        replace: "",
      },
    ],
  },
  {
    name: "a hook's silence is a refusal for good",
    patches: [
      {
        file: BEFORE,
        find: "if (!answer) return request;\n    if (answer.decision",
        replace:
          'if (!answer) {\n      const silent = { ticketId, bodyDigest, hook, code: "", message: "" };\n      await decide(workshop, (state) => ({ facts: decideRefuseTicket(state, silent), reply: undefined }));\n      return request;\n    }\n    if (answer.decision',
      },
    ],
  },
];
