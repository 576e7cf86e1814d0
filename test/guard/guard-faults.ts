// Faults of the guard that its simulation has to find: `npm run guard -- --bank`.
import type { PlantedFault } from "../sim/bugs/planted-fault.ts";

const GUARD = "service/src/access/guard-services.ts";

export const guardFaults: readonly PlantedFault[] = [
  {
    name: "a role is not asked",
    patches: [
      {
        file: GUARD,
        find: "if (known && right.roles.includes(known.caller.role)) return known.caller;",
        replace: "if (known) return known.caller;",
      },
    ],
  },
  {
    name: "a call goes to the project that it says",
    patches: [
      {
        file: GUARD,
        find: "if (caller.project === project) return caller;",
        replace: "return { ...caller, project };",
      },
    ],
  },
  {
    name: "every call reaches the default project",
    patches: [
      {
        file: "matcher/src/project-matchers.ts",
        find: "const matcher = matchers.get(project);",
        replace: "const matcher = matchers.get(PROJECT_DEFAULT);",
      },
    ],
  },
  {
    name: "a place is never given back",
    patches: [{ file: GUARD, find: "open[lane] -= 1;", replace: "" }],
  },
  {
    name: "nobody is counted",
    patches: [{ file: GUARD, find: "open[lane] += 1;", replace: "" }],
  },
  {
    name: "a call is carried out before it is judged",
    patches: [
      {
        file: GUARD,
        find: "    const entered = enter(request, context);\n    try {\n      return await handler(",
        replace:
          "    const early = handler(request, context);\n    const entered = enter(request, context);\n    try {\n      return await early ?? handler(",
      },
    ],
  },
  {
    name: "who was cut off goes on",
    patches: [
      {
        file: "service/src/access/entered-context.ts",
        find: "this.#known ? AbortSignal.any([signal, this.#known.revoked]) : signal",
        replace: "signal",
      },
    ],
  },
  {
    name: "a key that was taken out still counts",
    patches: [
      {
        file: "service/src/access/keyring.ts",
        find: "    held = new Map(\n",
        replace: "    held = new Map([...before].concat(\n",
      },
      {
        file: "service/src/access/keyring.ts",
        find: "      }),\n    );\n    access = next;",
        replace: "      })),\n    );\n    access = next;",
      },
    ],
  },
  {
    name: "projects share what a key may do",
    patches: [
      {
        file: GUARD,
        find: `ofKeys.take(\`\${known.caller.project}/\${known.caller.name}\``,
        replace: `ofKeys.take(\`\${known.caller.name}\``,
      },
    ],
  },
  {
    name: "a bucket is never empty",
    patches: [{ file: "service/src/access/token-buckets.ts", find: "if (tokens < 1)", replace: "if (tokens < -1e9)" }],
  },
  {
    name: "a bucket fills twice as fast",
    patches: [
      {
        file: "service/src/access/token-buckets.ts",
        find: "(passedMs * perSecond) / 1_000",
        replace: "(passedMs * perSecond) / 500",
      },
    ],
  },
  {
    name: "battles have no lane of their own",
    patches: [
      { file: GUARD, find: 'if (role === "GAME_SERVER" || role === "MATCHER") return leaveNothing;', replace: "" },
    ],
  },
  {
    name: "a refusal has no hint",
    patches: [{ file: GUARD, find: "retryAfterMs: String(ROOM_RETRY_MS)", replace: "" }],
  },
];
