// Two things at once, as a table: what happens between a fill's decision and the fleet's answer, and who wins. A stale fill is
// dropped, its tickets keep their age and place, and nobody of a dropped fill is ever told of a match.
import type { TicketId } from "@muster/proto";
import { expect, test } from "vitest";
import { readPhase } from "../ticket.ts";
import { historyOf } from "../ticket-events.ts";
import { createStage, picture, play, type Stage } from "./stage.fixture.ts";

const FREE = {
  version: "v1.0",
  teams: [
    { name: "red", minPlayers: 1, maxPlayers: 3 },
    { name: "blue", minPlayers: 1, maxPlayers: 3 },
  ],
};
const EQUAL = {
  ...FREE,
  rules: [{ name: "equal", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" }],
};

/** What everybody who watches the ticket has heard of it. */
function toldOf({ state }: Stage, ticketId: string): readonly string[] {
  const entry = state.tickets.get(ticketId as TicketId);
  return entry ? historyOf(entry).map(({ ticket }) => readPhase(ticket.state)) : [];
}

type Row = {
  readonly name: string;
  readonly ruleSet?: object;
  /** What happens while the fleet has the fill of c1 and c2 and has not answered. */
  readonly meanwhile: readonly string[];
  readonly refusals: readonly string[];
  /** The battle when all is over. */
  readonly after: string;
  readonly told: Readonly<Record<string, readonly string[]>>;
};

const COMPLETED = ["SEARCHING", "COMPLETED"];
const rows: readonly Row[] = [
  {
    name: "nothing happens: the fill is applied",
    meanwhile: [],
    refusals: [],
    after: "2v2 SEARCHING",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED },
  },
  {
    name: "somebody leaves: the fill is stale, and one of the two takes the seat",
    meanwhile: ["leave r1"],
    refusals: ["ROSTER_VERSION_STALE"],
    after: "1v1 SEARCHING",
    told: { "t-c1": COMPLETED, "t-c2": ["SEARCHING"] },
  },
  {
    name: "somebody leaves where no rule looks across teams: the fill stands",
    ruleSet: FREE,
    meanwhile: ["leave r1"],
    refusals: [],
    after: "1v2 SEARCHING",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED },
  },
  {
    name: "everybody leaves: the two begin anew on their own",
    meanwhile: ["leave r1 b1"],
    refusals: ["ROSTER_VERSION_STALE"],
    after: "1v1 SEARCHING",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED },
  },
  {
    name: "somebody is away for a moment and returns: the roster is the same, the fill is applied",
    meanwhile: ["disconnect r1", "return r1"],
    refusals: [],
    after: "2v2 SEARCHING",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED },
  },
  {
    name: "the backfill is cancelled: the fill that is under way stands, and nothing follows it",
    meanwhile: ["cancel", "come d1 d2"],
    refusals: [],
    after: "2v2 CANCELLED CANCELLED_BY_REQUEST",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED },
  },
  {
    name: "the backfill is cancelled and somebody leaves: the fill is dropped, and nothing follows it",
    meanwhile: ["cancel", "leave r1"],
    refusals: ["ROSTER_VERSION_STALE"],
    after: "0v1 CANCELLED CANCELLED_BY_REQUEST",
    told: { "t-c1": ["SEARCHING", "PLACING"], "t-c2": ["SEARCHING", "PLACING"] },
  },
  {
    name: "the backfill is replaced: the old one's fill stands and counts for the new one",
    meanwhile: ["replace red=1 blue=1"],
    refusals: [],
    after: "2v2 COMPLETED GOAL_REACHED",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED },
  },
  {
    name: "the session ends: the fill is dropped, its tickets search on",
    meanwhile: ["end"],
    refusals: ["SESSION_NOT_ACTIVE"],
    after: "0v0 CANCELLED SESSION_ENDED",
    told: { "t-c1": ["SEARCHING", "PLACING"], "t-c2": ["SEARCHING", "PLACING"] },
  },
  {
    name: "the door closes: the fill is dropped, the backfill pauses",
    meanwhile: ["deny"],
    refusals: ["SESSION_CLOSED_TO_PLAYERS"],
    after: "1v1 PAUSED DENY_ALL",
    told: { "t-c1": ["SEARCHING", "PLACING"], "t-c2": ["SEARCHING", "PLACING"] },
  },
  {
    name: "the door closes and opens again: the fill was judged before, and is dropped; another follows",
    meanwhile: ["deny", "allow"],
    refusals: ["ROSTER_VERSION_STALE"],
    after: "2v2 SEARCHING",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED },
  },
  {
    name: "the host falls silent: the fill is dropped, the backfill pauses",
    meanwhile: ["silence"],
    refusals: ["SESSION_CLOSED_TO_PLAYERS"],
    after: "1v1 PAUSED HOST_UNREACHABLE",
    told: { "t-c1": ["SEARCHING", "PLACING"], "t-c2": ["SEARCHING", "PLACING"] },
  },
  {
    name: "a ticket is cancelled: it waits for the fill, and is too late",
    meanwhile: ["withdraw t-c1"],
    refusals: [],
    after: "2v2 SEARCHING",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED },
  },
  {
    name: "a ticket's time passes: it is over only if the fill is dropped",
    meanwhile: ["wait 60", "leave r1"],
    refusals: ["ROSTER_VERSION_STALE"],
    after: "0v1 SEARCHING",
    told: { "t-c1": ["SEARCHING", "TIMED_OUT"], "t-c2": ["SEARCHING", "TIMED_OUT"] },
  },
  {
    name: "a ticket's time passes and the fill is applied: it is in time",
    meanwhile: ["wait 60"],
    refusals: [],
    after: "2v2 SEARCHING",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED },
  },
  {
    name: "others come: the battle has one fill at a time, and the next one follows it",
    meanwhile: ["party d1 d2", "come e1"],
    refusals: [],
    after: "2v2 SEARCHING",
    told: { "t-c1": COMPLETED, "t-c2": COMPLETED, "t-d1-d2": ["SEARCHING"] },
  },
];

for (const { name, ruleSet = EQUAL, meanwhile, refusals, after, told } of rows) {
  test(`while a fill is under way ${name}`, () => {
    const stage = createStage({ ruleSet });
    stage.open({ red: ["r1"], blue: ["b1"] }, true);
    stage.holdFills(true);
    play(stage, "come c1 c2");
    expect(stage.underway).toEqual(["bs_1"]);
    const ages = agesOf(stage);
    for (const sentence of meanwhile) play(stage, sentence);
    expect(stage.underway).toEqual(["bs_1"]); // Whatever happens, no second fill of the battle is under way.
    for (const ticketId of ["t-c1", "t-c2"]) expect(toldOf(stage, ticketId)).toEqual(["SEARCHING"]);
    stage.holdFills(false);
    stage.answerFill();
    expect(agesOf(stage)).toEqual(ages);
    stage.wait(0); // What has become due meanwhile.
    stage.settle();
    play(stage, "accept");
    expect([stage.refusals, picture(stage)]).toEqual([refusals, after]);
    for (const [ticketId, phases] of Object.entries(told)) {
      expect([ticketId, ...toldOf(stage, ticketId)]).toEqual([ticketId, ...phases]);
    }
  });
}

/** Age and place in the queue. */
function agesOf({ state }: Stage) {
  return ["t-c1", "t-c2"].map((id) => {
    const { arrival, searchingSinceMs, returns } = state.tickets.get(id as TicketId)?.ticket ?? {};
    return { arrival, searchingSinceMs, returns };
  });
}

test("a ticket is claimed by one of two battles that could both have it", () => {
  const stage = createStage({ ruleSet: FREE });
  stage.open({ red: ["r1"], blue: ["b1"] }, true);
  stage.open({ red: ["r2"], blue: ["b2"] }, true);
  stage.holdFills(true);
  play(stage, "come c1");
  expect(stage.underway).toEqual(["bs_1"]); // The older backfill.
  play(stage, "come d1");
  expect(stage.underway).toEqual(["bs_1", "bs_2"]);
  stage.holdFills(false);
  stage.settle();
  expect([picture(stage, "bs_1"), picture(stage, "bs_2")]).toEqual(["2v1 SEARCHING", "2v1 SEARCHING"]);
});

const arrivals = [
  { name: "came in time", sentences: ["accept"], after: "2v1 COMPLETED GOAL_REACHED" },
  { name: "did not come", sentences: ["vanish c1"], after: "1v1 SEARCHING" },
  { name: "did not come, and left for good by then", sentences: ["vanish c1", "leave c1"], after: "1v1 SEARCHING" },
  { name: "came, and left at once", sentences: ["accept", "leave c1"], after: "1v1 COMPLETED GOAL_REACHED" },
];
for (const { name, sentences, after } of arrivals) {
  test(`CUSTOM whose newcomer ${name} is told so by the fleet's record, and judged by it`, () => {
    const stage = createStage({ ruleSet: FREE });
    stage.open({ red: ["r1"], blue: ["b1"] });
    for (const sentence of ["custom red=1", "come c1", ...sentences]) play(stage, sentence);
    expect(picture(stage)).toBe(after);
  });
}
