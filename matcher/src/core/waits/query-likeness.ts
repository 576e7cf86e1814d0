// Which tickets with queries are alike in how long they wait: those who ask for the same words among as many players. What numbers a
// query asks for is its own ticket's, and tells nobody apart.
import { isQuery, type QuerySettings, readQuery, requiredTextsOf } from "@muster/rules";
import type { Ticket } from "../ticket.ts";

/** Characters of what is asked that are told apart: longer ones count with those of their sizes only. */
const ASKED_CHARS_MAX = 512;

/** From what is most like the ticket to all, as texts. */
export function queryLikenesses(ticket: Pick<Ticket, "query" | "players">, settings: QuerySettings): readonly string[] {
  const { query: text = "", minCount, maxCount, countMultiple } = ticket.query ?? {};
  const query = readQuery(text, settings.mode);
  const required = isQuery(query) ? requiredTextsOf(query.root).map(({ field, text: word }) => [field, word]) : [];
  const asked = JSON.stringify(required.toSorted(byWords));
  const sizes = `${minCount}-${maxCount}/${countMultiple}`;
  const party = `${sizes} ${ticket.players.length}`;
  const byAsked = asked.length > ASKED_CHARS_MAX ? [] : [`${asked} ${party}`, `${asked} ${sizes}`, asked];
  return [...byAsked, party, sizes, ""];
}

function byWords(one: readonly string[], other: readonly string[]): number {
  const [a, b] = [one.join(" "), other.join(" ")];
  return a < b ? -1 : a > b ? 1 : 0;
}
