// Texts for fields by their names: mostly what a live system would understand, so that a call gets as far as its decision.
import fc from "fast-check";
import { oddNames } from "./mutate-json.ts";
import { ruleSetTexts } from "./rule-set-documents.ts";

/** What the stack under test holds. Words in braces are put in when the call is made: see `Words` of wire-value.ts. */
const byField: Readonly<Record<string, readonly string[]>> = {
  ticket_id: ["waiting", "t1", "t2", "t3", "{ticket}"],
  ticket_ids: ["waiting", "t1", "t2", "{ticket}"],
  configuration: ["duel", "auto", "group", "c1"],
  name: ["red", "blue", "r1"],
  backfill_id: ["b1", "b2"],
  rule_set: ["duel", "equal", "r1"],
  queue: ["arena", ""],
  team: ["red", "blue", ""],
  template: ["red", "blue"],
  player_id: ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"],
  player_session_id: ["{seat}", "{otherSeat}"],
  battle_session_id: ["{session}", "{otherSession}"],
  battle_session_ids: ["{session}", "{otherSession}"],
  placement_id: ["{placement}", "m1.1", "m2.1"],
  match_id: ["m1", "m2"],
  process_id: ["{process}", "{otherProcess}"],
  secret: ["{secret}"],
  fleet: ["eu"],
  owner: ["matcher", "o1", ""],
  request_id: ["q1", "q2", "q3", ""],
  command_id: ["k1", "k2", "k3"],
  fill_id: ["f1", "f2", "f3"],
  update_id: ["u1", "u2"],
  capability: ["{capability}", ""],
  resume_token: ["{ticketToken}", "{feedToken}", ""],
  reconnect_secret: ["{reconnectSecret}", ""],
  given_reconnect_secret: ["rs_1", ""],
  matcher_endpoint: ["{matcher}", "127.0.0.1:1"],
  add_players: ["red", "blue"],
  latencies_ms: ["eu", "us"],
  attributes: ["skill", "mode"],
  properties: ["map", "mode"],
  ports: ["game"],
  fields: ["skill"],
  check_id: ["{check}"],
  idempotency_token: ["", "t1", "t2"],
  creator_id: ["", "p1"],
  filter: ["", "hasAvailablePlayerSessions = true", "NOT (properties.map = 'dust' OR capacity >= 2)"],
  sort: ["", "name DESC, capacity", "playerSessionCount"],
  page_token: [""],
  resume_after: ["{session}"],
};

const everyWord = [...new Set(Object.values(byField).flat())];
const documents = fc.constantFrom(...ruleSetTexts);
const odd = fc.oneof(
  fc.constantFrom(...oddNames),
  fc.constantFrom(
    "x".repeat(64),
    "x".repeat(65),
    "x".repeat(128),
    "x".repeat(129),
    "x".repeat(256),
    "x".repeat(257),
    "é".repeat(129),
  ),
  fc.constantFrom("a\u0000b", "abc\n", "a b", "\u200b", "😀", "t1.1", "t1.zzzzzzzzzz", "bs_none", "-1", "NaN"),
  fc.string({ unit: "binary", maxLength: 20 }),
);

/** A text for the field of this name: one that may well be right, or any. */
export function textFor(field: string, intent: "good" | "odd"): fc.Arbitrary<string> {
  const own = byField[field];
  if (intent === "good") return field === "document" ? documents : fc.constantFrom(...(own ?? ["", "x"]));
  return fc.oneof(
    { weight: own ? 12 : 0, arbitrary: fc.constantFrom(...(own ?? [""])) },
    { weight: field === "document" ? 12 : 0, arbitrary: documents },
    { weight: 1, arbitrary: fc.constantFrom(...everyWord) },
    { weight: 1, arbitrary: odd },
  );
}
