import { createSeededRandom } from "@muster/kit";
import type { AttributeValue, PlayerId } from "@muster/proto";
import { expect, test } from "vitest";
import type { TicketPlayer } from "../core/ticket.ts";
import { canonicalJson } from "../digest.ts";
import { textOfStart } from "./start-text.ts";

const player = (more: Partial<TicketPlayer> = {}): TicketPlayer => {
  return { playerId: "p1" as PlayerId, attributes: {}, latenciesMs: {}, team: undefined, ...more };
};

const rows = [
  { name: "nobody", players: [] },
  { name: "a player who brings nothing", players: [player()] },
  { name: "a team", players: [player({ team: "red" })] },
  { name: "a team of no name", players: [player({ team: "" })] },
  { name: "data", players: [player({ data: 'a"b' })] },
  { name: "no data", players: [player({ data: "" }), player({ playerId: "p2" as PlayerId })] },
  { name: "a player id that JSON escapes", players: [player({ playerId: '"\\é' as PlayerId })] },
  {
    name: "attributes and latencies",
    players: [player({ attributes: { b: 1, a: ["x"] }, latenciesMs: { us: 1, eu: 2 } })],
  },
] as const;

for (const { name, players } of rows) {
  test(`textOfStart() writes ${name} as canonicalJson() does`, () => {
    expect(textOfStart("duel.v1_a:b-c", players)).toBe(canonicalJson({ configuration: "duel.v1_a:b-c", players }));
  });
}

test("textOfStart() writes any players as canonicalJson() does", () => {
  const random = createSeededRandom(5);
  const below = (count: number) => Math.floor(random.fraction() * count);
  const text = () => ["a", "Ä", '"', "\\", "[", ","][below(6)]?.repeat(1 + below(3)) ?? "";
  const mapOf = <Value>(value: () => Value) =>
    Object.fromEntries(Array.from({ length: below(4) }, () => [text(), value()]));
  const value = (): AttributeValue => [below(9) / 2, text(), [text()], mapOf(() => below(9))][below(4)] ?? 0;
  for (let count = 0; count < 500; count += 1) {
    const players = Array.from({ length: 1 + below(4) }, () => {
      const more = { ...(below(2) === 0 && { data: text() }), team: below(2) === 0 ? text() : undefined };
      return player({
        playerId: text() as PlayerId,
        attributes: mapOf(value),
        latenciesMs: mapOf(() => below(300)),
        ...more,
      });
    });
    expect(textOfStart("duel", players)).toBe(canonicalJson({ configuration: "duel", players }));
  }
});
