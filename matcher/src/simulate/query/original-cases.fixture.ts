// Histories of Nakama's matchmaker with the outcomes that its own tests state, told again in events of a simulation; further ones
// from its documents and from what it was seen to do. Who searches when is the order of age here: where the original may choose by
// chance, one of its outcomes is expected.
import type { SimulationEvent } from "../simulation-event.ts";

export type OriginalCase = {
  readonly name: string;
  /** What the `query` of the configuration says beside its mode. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly events: readonly SimulationEvent[];
  /** "AT TICKET …" for each match, its tickets sorted; "AT refused TICKET REASON" for each refusal. */
  readonly told: readonly string[];
  /** Of one party, which is a thing of its own in a running matcher. */
  readonly hasParty?: boolean;
};

/** As the original's tests configure it. */
const mutual = { intervalSeconds: 1, maxIntervals: 5, reversePrecision: true };
const usual = { intervalSeconds: 1 };
const p = "properties.";

type Fields = Readonly<Record<string, unknown>>;

/** A ticket of the session of its name, for two players, a moment after the one before. */
function add(ticketId: string, query: string, fields: Fields = {}): SimulationEvent {
  return { at: 0.5, op: "start", ticketId, session: ticketId, query, minCount: 2, maxCount: 2, ...fields };
}

const texts = (stringProperties: Readonly<Record<string, string>>) => ({ stringProperties });
const numbers = (numericProperties: Readonly<Record<string, number>>) => ({ numericProperties });

/** As many tickets as `names`, each with the same query and fields. */
const each = (names: string, query: string, fields: Fields = {}) =>
  names.split(" ").map((name) => add(name, query, fields));

const range = (field: string) => `+${p}${field}:>=10 +${p}${field}:<=20`;
const three = { minCount: 3, maxCount: 3 };
const wide = { minCount: 2, maxCount: 4 };
const uuid = "4bd6667a-2659-4888-b245-e13690ff4a9b";

export const originalCases: readonly OriginalCase[] = [
  {
    name: "one ticket alone waits",
    query: mutual,
    events: [add("a", `${p}a1:foo`, texts({ a1: "bar" }))],
    told: [],
  },
  {
    name: "one that is removed is gone",
    query: mutual,
    events: [
      add("a", `${p}a1:foo`, texts({ a1: "bar" })),
      { at: 0.5, op: "cancel", ticketId: "a" },
      add("b", `${p}a1:bar`, texts({ a1: "foo" })),
    ],
    told: [],
  },
  {
    name: "two meet who seek what the other says",
    query: mutual,
    events: [add("a", `${p}a3:bar`, texts({ a3: "baz" })), add("b", `${p}a3:baz`, texts({ a3: "bar" }))],
    told: ["1 a b"],
  },
  { name: "two meet by *", query: mutual, events: each("a b", "*", numbers({ b1: 15 })), told: ["1 a b"] },
  {
    name: "two meet in a range",
    query: mutual,
    events: each("a b", range("b1"), numbers({ b1: 15 })),
    told: ["1 a b"],
  },
  {
    name: "two meet in a range and by a value",
    query: mutual,
    events: [
      add("a", range("b1"), { ...texts({ c2: "foo" }), ...numbers({ c1: 15 }) }),
      add("b", `${range("c1")} +${p}c2:foo`, { ...texts({ c2: "foo" }), ...numbers({ b1: 15 }) }),
    ],
    told: ["1 a b"],
  },
  {
    name: "two who seek what neither says do not meet",
    query: mutual,
    events: each("a b", `${p}a5:bar`, texts({ a5: "baz" })),
    told: [],
  },
  {
    name: "two beside a range do not meet",
    query: mutual,
    events: [25, 5].map((b2) =>
      add(`b${b2}`, `${range("b2")} +${p}id:${uuid}`, { ...texts({ id: uuid }), ...numbers({ b2 }) }),
    ),
    told: [],
  },
  {
    name: "two beside a range do not meet by a value",
    query: mutual,
    events: [25, 5].map((c3) =>
      add(`c${c3}`, `${range("c3")} +${p}c4:foo +${p}id:${uuid}`, {
        ...texts({ id: uuid, c4: "foo" }),
        ...numbers({ c3 }),
      }),
    ),
    told: [],
  },
  {
    name: "the oldest two of three meet",
    query: mutual,
    events: each("a b c", `${p}a6:bar +${p}id:${uuid}`, texts({ id: uuid, a6: "bar" })),
    told: ["1 a b"],
  },
  {
    name: "a boosted range outweighs age",
    query: mutual,
    events: [["a", "<", 5] as const, ["b", ">", 15] as const, ["c", "<", 5] as const].map(([name, sign, n1]) =>
      add(name, `${p}n1:${sign}10^10 ${p}a6:bar +${p}id:${uuid}`, {
        ...texts({ id: uuid, a6: "bar" }),
        ...numbers({ n1 }),
      }),
    ),
    told: ["1 a c"],
  },
  {
    name: "optional texts of one weight leave the choice to age",
    query: mutual,
    events: ["bar", "foo", "bar"].map((a6, index) =>
      add(`t${index}`, `${p}a6:bar ${p}a6:foo +${p}id:${uuid}`, texts({ id: uuid, a6 })),
    ),
    told: ["1 t0 t1"],
  },
  {
    name: "what becomes of a match makes no difference to who is in it",
    query: mutual,
    events: each("a b", `${p}d1:foo`, texts({ d1: "foo", mode: "authoritative" })),
    told: ["1 a b"],
  },
  {
    name: "one who accepts and is not accepted waits",
    query: mutual,
    events: [5, 15].map((b1) => add(`b${b1}`, range("b1"), numbers({ b1 }))),
    told: [],
  },
  {
    name: "three do not meet if the third refuses the second",
    query: mutual,
    events: [
      add("a", `+${p}foo:bar ${p}b1:10^10`, { ...three, ...texts({ foo: "bar" }), ...numbers({ b1: 5 }) }),
      add("b", `+${p}foo:bar ${p}b1:20^10`, { ...three, ...texts({ foo: "bar" }), ...numbers({ b1: 10 }) }),
      add("c", `+${p}foo:bar +${p}b1:<10`, { ...three, ...texts({ foo: "bar" }), ...numbers({ b1: 20 }) }),
    ],
    told: [],
  },
  {
    name: "three do not meet if the second refuses the third",
    query: mutual,
    events: [
      add("a", `+${p}foo:bar ${p}b1:10^10`, { ...three, ...texts({ foo: "bar" }), ...numbers({ b1: 5 }) }),
      add("b", `+${p}foo:bar +${p}b1:<10 ${p}b1:20^10`, { ...three, ...texts({ foo: "bar" }), ...numbers({ b1: 10 }) }),
      add("c", `+${p}foo:bar`, { ...three, ...texts({ foo: "bar" }), ...numbers({ b1: 20 }) }),
    ],
    told: [],
  },
  {
    name: "a session has three tickets, and room for another once one has met",
    query: mutual,
    events: [
      ...["a1", "a2", "a3", "a4"].map((id) => add(id, `${p}a5:bar`, { ...texts({ a5: "bar" }), session: "a" })),
      add("b", `${p}a5:bar`, texts({ a5: "bar" })),
      ...["a5", "a6"].map((id) => add(id, `${p}a5:bar`, { ...texts({ a5: "bar" }), session: "a", at: 1.5 })),
    ],
    told: ["0.5 refused a4 TICKETS_PER_PLAYER_EXCEEDED", "1 a1 b", "1.5 refused a6 TICKETS_PER_PLAYER_EXCEEDED"],
  },
  {
    name: "a party has three tickets, which do not meet one another, and room for another once one has met",
    query: mutual,
    events: [
      ...["a1", "a2", "a3", "a4"].map((id) => add(id, `${p}a5:bar`, { ...texts({ a5: "bar" }), party: "a" })),
      add("b", `${p}a5:bar`, { ...texts({ a5: "bar" }), party: "b" }),
      ...["a5", "a6"].map((id) => add(id, `${p}a5:bar`, { ...texts({ a5: "bar" }), party: "a", at: 1.5 })),
    ],
    told: ["0.5 refused a4 TICKETS_PER_PLAYER_EXCEEDED", "1 a1 b", "1.5 refused a6 TICKETS_PER_PLAYER_EXCEEDED"],
    hasParty: true,
  },
  {
    name: "whoever blocks a player is not found by that player",
    query: usual,
    events: [
      add("me", `+${p}game_mode:foo -${p}blocked:/.*4bd6667a\\-2659\\-4888\\-b245\\-e13690ff4a9b.*/`, {
        ...texts({ game_mode: "foo", blocked: "none" }),
      }),
      add(
        "blocker",
        `+${p}nobody:x`,
        texts({ game_mode: "foo", blocked: `${uuid} 324b7447-ec0f-4b5f-9a13-06511d0bb527` }),
      ),
      add("friend", `+${p}nobody:x`, texts({ game_mode: "foo", blocked: "324b7447-ec0f-4b5f-9a13-06511d0bb527" })),
    ],
    told: ["1 friend me"],
  },
  {
    name: "one of several words in a text is enough",
    query: usual,
    events: [
      add("a", `+${p}maps:/.*(map2|map3).*/`, texts({ maps: "map3" })),
      add("b", `+${p}nobody:x`, texts({ maps: "map1 some_map other_map" })),
      add("c", `+${p}nobody:x`, texts({ maps: "map1 map2 some_map other_map" })),
    ],
    told: ["1 a c"],
  },
  {
    name: "for a multiple those leave who make the difference and have the earliest average",
    query: { ...usual, maxIntervals: 1 },
    events: [
      ...["a", "b b2", "c", "d", "e e2 e3", "f f2"].map((sessions, index) =>
        add(sessions.slice(0, 1), `+${p}nobody:x`, {
          ...{ minCount: 3, maxCount: 12, session: undefined, members: sessions.split(" ") },
          at: [0.1, 0.105, 0.12, 0.13, 0.14, 0.15][index],
        }),
      ),
      add("z", "*", { minCount: 3, maxCount: 12, countMultiple: 3 }),
    ],
    told: ["1 a c d e f z"],
  },
  {
    name: "two of two to four wait for all their intervals",
    query: usual,
    events: each("a b", "*", wide),
    told: ["2 a b"],
  },
  { name: "four of two to four meet at once", query: usual, events: each("a b c d", "*", wide), told: ["1 a b c d"] },
  { name: "the fifth waits for ever", query: usual, events: each("a b c d e", "*", wide), told: ["1 a b c d"] },
  {
    name: "a newcomer waits its own intervals, however long the other has",
    query: usual,
    events: [add("a", "*", wide), add("b", "*", { ...wide, at: 5.5 })],
    told: ["7 a b"],
  },
  {
    name: "an exact size that has searched is found by a wide newcomer at the newcomer's last interval",
    query: usual,
    events: [add("a", "*"), add("b", "*", { ...wide, at: 5.5 })],
    told: ["7 a b"],
  },
  {
    name: "a wide ticket that has searched and an exact newcomer wait for ever",
    query: usual,
    events: [add("a", "*", wide), add("b", "*", { at: 5.5 })],
    told: [],
  },
  {
    name: "ranges that overlap and are not in one another do not meet",
    query: usual,
    events: [...each("a b", "*", { minCount: 2, maxCount: 3 }), ...each("c d", "*", { minCount: 3, maxCount: 4 })],
    told: ["2 a b"],
  },
  {
    name: "without reverse precision who searches need not be accepted",
    query: usual,
    events: [add("a", "*", numbers({ x: 1 })), add("b", `+${p}x:2`)],
    told: ["1 a b"],
  },
  {
    name: "a newest ticket that accepts nobody starves the others",
    query: { ...usual, reversePrecision: true, reverseThreshold: 0 },
    events: [...each("a b", "*", wide), { ...add("c", `+${p}nobody:x`, wide), at: 0.6 }],
    told: [],
  },
  {
    name: "after the threshold one-way is enough",
    query: { ...usual, reversePrecision: true, reverseThreshold: 1 },
    events: [...each("a b", "*", wide), { ...add("c", `+${p}nobody:x`, wide), at: 0.6 }],
    told: ["2 a b c"],
  },
  {
    name: "tickets of one session meet others in one interval, in matches of their own",
    query: usual,
    events: [add("a", "*"), add("b", "*", { session: "a" }), add("c", "*"), add("d", "*")],
    told: ["1 a c", "1 b d"],
  },
  {
    name: "a full party and one that is too large wait for ever",
    query: usual,
    events: [
      add("a", "*", { session: undefined, members: ["a1", "a2"] }),
      add("b", "*", { session: undefined, members: ["b1", "b2", "b3"] }),
    ],
    told: [],
  },
  {
    name: "a pair and two who are alone make four; a trio has no room beside a pair",
    query: usual,
    events: [
      add("a", "*", { ...wide, session: undefined, members: ["a1", "a2"] }),
      add("b", "*", { ...wide, session: undefined, members: ["b1", "b2", "b3"] }),
      ...each("c d", "*", wide),
    ],
    told: ["1 a c d"],
  },
  {
    name: "a query whose every search fails is found and does not search",
    query: usual,
    events: [add("a", `${p}x:/(/`), add("b", "*", { at: 5.5 })],
    told: ["6 a b"],
  },
  {
    name: "counts that do not fit one another are refused",
    query: usual,
    events: [
      add("a", "*", { minCount: 1 }),
      add("b", "*", { minCount: 4, maxCount: 3 }),
      add("c", "*", { countMultiple: 0 }),
      add("d", "*", { minCount: 3, maxCount: 4, countMultiple: 2 }),
      add("e", "*", { minCount: 2, maxCount: 5, countMultiple: 2 }),
      add("f", `${p}x:`),
      add("g", "*", { session: undefined, members: ["g1", "g1"] }),
    ],
    told: [
      ..."abcde".split("").map((id) => `0.5 refused ${id} FIELD_INVALID`),
      "0.5 refused f QUERY_INVALID",
      "0.5 refused g FIELD_INVALID",
    ],
  },
];
