// Faults on the way between a fill and the word of its game.
import type { PlantedFault } from "./planted-fault.ts";

const APPLY = "mock-fleet/src/grpc/apply-fill.ts";
const APPROVALS = "mock-fleet/src/approvals.ts";

export const approvalFaults: readonly PlantedFault[] = [
  {
    name: "a game is not asked about newcomers",
    patches: [
      {
        file: APPLY,
        find: "approvalTimeoutMs === 0 || (await isApproved(",
        replace: "approvalTimeoutMs >= 0 || (await isApproved(",
      },
    ],
  },
  {
    name: "a game's no is not heard",
    patches: [
      {
        file: APPROVALS,
        find: "open.get(keyOf(processId, { fillId }))?.settle(approved);",
        replace: "open.get(keyOf(processId, { fillId }))?.settle(true);",
      },
    ],
  },
  {
    name: "silence lets newcomers in",
    patches: [{ file: APPROVALS, find: "      () => settle(false),", replace: "      () => settle(true)," }],
  },
  {
    name: "a process that cannot be asked lets newcomers in",
    patches: [{ file: APPROVALS, find: "timeoutMs })) settle(false);", replace: "timeoutMs })) settle(true);" }],
  },
  {
    name: "a question about newcomers never ends",
    patches: [{ file: APPROVALS, find: "      () => settle(false),", replace: "      () => undefined," }],
  },
  {
    name: "whom a game refused comes again",
    patches: [
      {
        file: "matcher/src/core/folds/sessions.ts",
        find: "fact.reason === REFUSED_BY_GAME ?",
        replace: "fact.reason !== REFUSED_BY_GAME ?",
      },
    ],
  },
  {
    name: "a handler that throws lets newcomers in",
    patches: [
      {
        file: "sdk/src/fill-approval.ts",
        find: 'if (outcome.type !== "done") return false;',
        replace: 'if (outcome.type !== "done") return outcome.type === "threw";',
      },
    ],
  },
  {
    name: "a handler that is late lets newcomers in",
    patches: [
      {
        file: "sdk/src/fill-approval.ts",
        find: 'if (outcome.type !== "done") return false;',
        replace: 'if (outcome.type !== "done") return outcome.type === "late";',
      },
    ],
  },
  {
    name: "a game without a handler lets newcomers in",
    patches: [
      {
        file: "sdk/src/fill-approval.ts",
        find: '      callbacks.report(new MusterError("FILL_REFUSED_BY_GAME", why), context);\n      return false;',
        replace: '      callbacks.report(new MusterError("FILL_REFUSED_BY_GAME", why), context);\n      return true;',
      },
    ],
  },
  {
    name: "who waits for a game's word cancels at once",
    patches: [
      {
        file: "matcher/src/core/cancel-matching.ts",
        find: '      return { type: "wait" };',
        replace: '      return { type: "decided", facts: [{ type: "ticket-cancelled", ticketId }] };',
      },
    ],
  },
];
