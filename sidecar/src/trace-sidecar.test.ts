import type { Span } from "@muster/kit/trace";
import { MusterError, type ServerSessionId } from "@muster/proto";
import { expect, test } from "vitest";
import { createSidecarTrace, type SidecarTrace } from "./trace-sidecar.ts";

const PARENT = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
const refuse = () => Promise.reject(new MusterError("PHASE_CONFLICT", "Cannot"));
const seat = { traceparent: PARENT };
const battleSessionId = "bs_1" as ServerSessionId;
const added = [{ ...seat, playerSessionId: "ps_canary" }] as never;

type Row = {
  readonly name: string;
  /** Passing time is one ms a call of the clock. */
  readonly play: (trace: SidecarTrace) => Promise<void>;
  /** "name error", in the order in which they were told. */
  readonly told: readonly string[];
};

const rows: readonly Row[] = [
  {
    name: "a start that the fleet refuses, and takes when it is asked for again",
    async play(trace) {
      trace.starting("bs_1", [PARENT]);
      await trace.activating("bs_1", refuse).catch(() => undefined);
      trace.starting("bs_1", [PARENT]);
      await trace.activating("bs_1", async () => 1);
      await trace.activating("bs_1", async () => 1); // A repeat.
    },
    told: [
      "activate battle session PHASE_CONFLICT",
      "load battle session ok",
      "activate battle session ok",
      "load battle session ok",
    ],
  },
  {
    name: "a start without parents, or with what is none",
    async play(trace) {
      trace.starting("bs_1", []);
      trace.starting("bs_2", ["canary"]);
      await trace.activating("bs_1", async () => 1);
      await trace.activating("bs_2", async () => 1);
    },
    told: [],
  },
  {
    name: "newcomers once the game has taken them, and not before",
    async play(trace) {
      trace.changed({ battleSessionId, revision: 3, added });
      trace.changed({ battleSessionId, revision: 5, added });
      trace.taken("bs_1", 2);
      trace.taken("bs_1", 4);
    },
    told: ["announce player ok"],
  },
  {
    name: "nobody of a session that is over",
    async play(trace) {
      trace.changed({ battleSessionId, revision: 3, added });
      trace.forget("bs_1");
      trace.taken("bs_1", 3);
    },
    told: [],
  },
  {
    name: "a player who is let in, one who is refused, and none of an unknown seat",
    async play(trace) {
      await trace.accepting({ requestId: "r1", seat, answeredBy: "FLEET" }, async () => 1);
      await trace.accepting({ requestId: "r2", seat, answeredBy: "SIDECAR" }, refuse).catch(() => undefined);
      await trace.accepting({ requestId: "r3", seat: undefined, answeredBy: "FLEET" }, async () => 1);
    },
    told: ["admit player ok", "admit player PHASE_CONFLICT"],
  },
];

for (const { name, play, told } of rows) {
  test(`a sidecar's trace tells of ${name}`, async () => {
    const spans: Span[] = [];
    let nowMs = 0;
    const clock = { wallMs: () => nowMs++ };
    const tracer = { add: (span: Span) => void spans.push(span), tells: () => true };
    await play(createSidecarTrace({ tracer, clock, about: { processId: "proc_1", fleet: "arena" } }));
    expect(spans.map(({ name, error = "ok" }) => `${name} ${error}`)).toEqual(told);
    expect(spans.every(({ traceId, startMs, endMs }) => traceId === "a".repeat(32) && startMs < endMs)).toBe(true);
    expect(JSON.stringify(spans)).not.toContain("canary");
  });
}
