import { createSeededRandom } from "@muster/kit";
import type { AttributeValue, PartyId, PlayerId, TicketId } from "@muster/proto";
import { expect, test } from "vitest";
import type { MatcherFact } from "../core/fact.ts";
import type { TicketPlayer } from "../core/ticket.ts";
import { encodeByMessage } from "./fact-codec.ts";
import { encodeTicketCreated } from "./ticket-created-bytes.ts";

type TicketCreated = Extract<MatcherFact, { type: "ticket-created" }>;

const player = (more: Partial<TicketPlayer> = {}): TicketPlayer => {
  return { playerId: "p1" as PlayerId, attributes: {}, latenciesMs: {}, team: undefined, ...more };
};
const created = (more: Partial<TicketCreated> = {}): TicketCreated => ({
  ...{ type: "ticket-created", ticketId: "t1" as TicketId, configuration: "duel", players: [player()] },
  ...{ bodyDigest: "x".repeat(43), timesOutAtMs: 60_000, ...more },
});

const hexOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString("hex");
const bytesOf = (fact: TicketCreated, atWallMs: number) => hexOf(encodeByMessage({ atWallMs, fact }).body);
const texts = [
  "",
  "a",
  "x".repeat(32),
  "x".repeat(33),
  "x".repeat(127),
  "x".repeat(128),
  "é".repeat(64),
  "\ud800",
  "日本",
];

const rows = [
  ...texts.map((text) => ({
    name: `a text of ${text.length}`,
    fact: created({ players: [player({ team: text, data: text })] }),
  })),
  { name: "no player", fact: created({ players: [] }) },
  { name: "a time of 0", fact: created({ timesOutAtMs: 0 }) },
  { name: "a fraction of a millisecond", fact: created({ timesOutAtMs: 0.6 }) },
  { name: "a time of more than 32 bits", fact: created({ timesOutAtMs: 2 ** 32 + 5 }) },
  { name: "the last time", fact: created({ timesOutAtMs: Number.MAX_SAFE_INTEGER }) },
  { name: "a party", fact: created({ partyId: "party_1" as PartyId }) },
  { name: "presence", fact: created({ presenceGraceMs: 5_000 }) },
  { name: "presence without grace", fact: created({ presenceGraceMs: 0 }) },
  {
    name: "latencies",
    fact: created({ players: [player({ latenciesMs: { eu: 0, us: 127, asia: 128, "": 60_000 } })] }),
  },
  {
    name: "attributes of all types",
    fact: created({
      players: [player({ attributes: { skill: 1.5, none: 0, mode: "a", maps: ["x", ""], items: { "": 0, bow: -3 } } })],
    }),
  },
  { name: "a body of more than 16 KiB", fact: created({ players: [player({ data: "d".repeat(20_000) })] }) },
  { name: "a body of more than a slab", fact: created({ players: [player({ data: "d".repeat(200_000) }), player()] }) },
];

for (const { name, fact } of rows) {
  test(`encodeTicketCreated() writes ${name} as the generated encoder does`, () => {
    for (const atWallMs of [0, 127, 128, 1_764_000_000_000]) {
      expect(hexOf(encodeTicketCreated(fact, atWallMs))).toBe(bytesOf(fact, atWallMs));
    }
  });
}

const others = [
  { name: "players who are asked to join", fact: created({ joined: 0 }) },
  { name: "a time that never was", fact: created({ timesOutAtMs: -1 }) },
  { name: "a time that is none", fact: created({ timesOutAtMs: Number.NaN }) },
  { name: "a part of a millisecond of latency", fact: created({ players: [player({ latenciesMs: { eu: 1.5 } })] }) },
];

for (const { name, fact } of others) {
  test(`encodeTicketCreated() leaves ${name} to the generated encoder`, () => {
    expect(encodeTicketCreated(fact, 1)).toBeUndefined();
    // What it had begun shows in no later one.
    expect(hexOf(encodeTicketCreated(created(), 1))).toBe(bytesOf(created(), 1));
  });
}

test("encodeTicketCreated() writes any ticket as the generated encoder does, and leaves those before it alone", () => {
  const random = createSeededRandom(11);
  const below = (count: number) => Math.floor(random.fraction() * count);
  const text = () => (below(4) === 0 ? "é" : "n").repeat(below(3) === 0 ? below(200) : 1 + below(20));
  const mapOf = <Value>(value: () => Value) =>
    Object.fromEntries(Array.from({ length: below(4) }, () => [text(), value()]));
  const value = (): AttributeValue => {
    const kind = below(4);
    if (kind === 0) return below(2_000) / 4;
    if (kind === 1) return text();
    return kind === 2 ? Array.from({ length: below(4) }, text) : mapOf(() => below(9) - 4);
  };
  const written = Array.from({ length: 500 }, () => {
    const players = Array.from({ length: 1 + below(5) }, () => {
      const more = { ...(below(2) === 0 && { data: text() }), team: below(2) === 0 ? text() : undefined };
      return player({
        playerId: text() as PlayerId,
        attributes: mapOf(value),
        latenciesMs: mapOf(() => below(300)),
        ...more,
      });
    });
    const fact = created({
      ticketId: text() as TicketId,
      configuration: text(),
      players,
      timesOutAtMs: below(2 ** 40),
    });
    return { fact, bytes: encodeTicketCreated(fact, 1_764_000_000_000) };
  });
  for (const { fact, bytes } of written) {
    expect(hexOf(bytes)).toBe(bytesOf(fact, 1_764_000_000_000));
  }
});
