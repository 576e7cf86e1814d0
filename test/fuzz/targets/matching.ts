// Rule sets that are accepted meet tickets: whatever the rules say, a search ends soon, and what it finds is legal.
import { type Attributes, parseId, parsePlayerId, type TicketId } from "@muster/proto";
import { formMatch, type JudgedTicket, judge, parseRuleSet, type RuleSet } from "@muster/rules";
import fc from "fast-check";
import { Finding } from "../finding.ts";
import { jsonInput, textOf } from "../json-input.ts";
import { withoutBlock } from "../loop-block.ts";
import { ruleSetDocuments, ruleSetWords } from "../rule-set-documents.ts";
import { defineTarget } from "../target.ts";

type Party = {
  readonly size: number;
  readonly skill: number;
  readonly mode: string;
  readonly sinceMs: number;
  readonly team: string;
};

const party: fc.Arbitrary<Party> = fc.record({
  size: fc.constantFrom(1, 1, 1, 2, 3, 5),
  skill: fc.oneof(fc.constantFrom(0, 10, 100, -1e15, 1e15), fc.double({ min: -1e15, max: 1e15, noNaN: true })),
  mode: fc.constantFrom("any", "ctf"),
  sinceMs: fc.nat(60_000),
  team: fc.constantFrom("", "", "", "red", "blue"),
});

const NOW_MS = 60_000;

/**
 * How long one search may hold the event loop, in ms. A ratchet, far above what other inputs may: the budget of a search
 * counts rosters that are looked at, so 64 rules make it some ten times as long as one rule does.
 */
const SEARCH_MS_MAX = 2_500;

export const matching = defineTarget({
  name: "matching",
  about: "searches by odd rule sets over odd tickets: they end soon, and find what is legal",
  input: fc.record({
    rules: jsonInput(fc.constantFrom(...ruleSetDocuments), ruleSetWords),
    parties: fc.array(party, { minLength: 1, maxLength: 60 }),
  }),
  open: async () => ({
    async attempt({ rules, parties }) {
      const ruleSet = readAccepted(textOf(rules));
      if (!ruleSet) return;
      const tickets = parties.map(ticketOf);
      const match = await withoutBlock(() => formMatch(ruleSet, tickets, NOW_MS), SEARCH_MS_MAX);
      if (!match) return;
      const teams = match.teams.map(({ name, players }) => ({ name, players }));
      const ages = tickets
        .filter((one) => match.tickets.includes(one.ticketId))
        .map((one) => NOW_MS - one.searchingSinceMs);
      const ageMs = ruleSet.expansionAge === "newest" ? Math.min(...ages) : Math.max(...ages);
      const broken = await withoutBlock(() => judge(ruleSet, teams, { ageMs }));
      if (broken.length > 0) throw new Finding(`It forms a match that breaks its rules: ${JSON.stringify(broken)}`);
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held.
    },
  }),
});

function readAccepted(text: string): RuleSet | undefined {
  try {
    return parseRuleSet(text);
  } catch {
    return undefined; // What is refused, and how, is the target rule-set's business.
  }
}

function ticketOf({ size, skill, mode, sinceMs, team }: Party, index: number): JudgedTicket {
  const attributes: Attributes = { skill, mode };
  return {
    ticketId: parseId<TicketId>("ticket", `t${index}`),
    searchingSinceMs: sinceMs,
    players: Array.from({ length: size }, (_, seat) => ({
      playerId: parsePlayerId("player", `p${index}.${seat}`),
      attributes,
      team: team === "" ? undefined : team,
    })),
  };
}
