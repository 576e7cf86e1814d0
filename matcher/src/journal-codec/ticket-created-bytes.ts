// A fact that makes a ticket as the bytes that its generated encoder writes, without the messages that this one is given: most of what a
// busy matcher writes down are such facts. Their fields stand in proto/muster/journal/v1/matcher_facts.proto, and those of attributes in
// google/protobuf/struct.proto; the test holds the two encoders against one another.
import type { AttributeValue } from "@muster/proto";
import type { MatcherFact } from "../core/fact.ts";
import type { TicketPlayer } from "../core/ticket.ts";
import { SlabWriter } from "./slab-writer.ts";

type TicketCreated = Extract<MatcherFact, { type: "ticket-created" }>;

const INT32_MAX = 2 ** 31 - 1;

const writer = new SlabWriter();

/** The body of the fact's record; undefined if it has something rare, or what has no encoding: that is the generated encoder's. */
export function encodeTicketCreated(fact: TicketCreated, atWallMs: number): Uint8Array | undefined {
  const timesOutAtMs = Math.round(fact.timesOutAtMs);
  if (fact.query || fact.joined !== undefined || !Number.isSafeInteger(timesOutAtMs) || timesOutAtMs < 0) return;
  if (!Number.isSafeInteger(atWallMs) || atWallMs < 0) return;
  writer.begin();
  number(0x08, atWallMs);
  writer.varint(0x62);
  const ticket = writer.open();
  text(0x0a, fact.ticketId);
  text(0x12, fact.configuration);
  for (const player of fact.players) {
    writer.varint(0x1a);
    const opened = writer.open();
    if (!writePlayer(player)) return;
    writer.close(opened);
  }
  text(0x22, fact.bodyDigest);
  number(0x28, timesOutAtMs);
  text(0x5a, fact.partyId ?? "");
  if (fact.presenceGraceMs !== undefined) {
    if (!isInt32(fact.presenceGraceMs)) return;
    writer.varint(0x60);
    writer.varint(fact.presenceGraceMs);
  }
  writer.close(ticket);
  return writer.take();
}

/** False: it has no encoding here. */
function writePlayer({ playerId, attributes, latenciesMs, team, data }: TicketPlayer): boolean {
  text(0x0a, playerId);
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value !== undefined) writeField(0x12, name, value);
  }
  for (const region of Object.keys(latenciesMs)) {
    const ms = latenciesMs[region];
    if (ms === undefined || !isInt32(ms)) return false;
    writer.varint(0x1a);
    const opened = writer.open();
    text(0x0a, region);
    number(0x10, ms);
    writer.close(opened);
  }
  text(0x22, team ?? "");
  if (data !== undefined) writer.text(0x2a, data);
  return true;
}

/** An entry of a map to google.protobuf.Value. */
function writeField(tag: number, name: string, value: AttributeValue): void {
  writer.varint(tag);
  const entry = writer.open();
  text(0x0a, name);
  writer.varint(0x12);
  writeValue(value);
  writer.close(entry);
}

/** A google.protobuf.Value, its length first. */
function writeValue(value: AttributeValue): void {
  const opened = writer.open();
  if (typeof value === "number") writer.double(0x11, value);
  else if (typeof value === "string") writer.text(0x1a, value);
  else if (isList(value)) {
    writer.varint(0x32);
    const list = writer.open();
    for (const item of value) {
      writer.varint(0x0a);
      writeValue(item);
    }
    writer.close(list);
  } else {
    writer.varint(0x2a);
    const fields = writer.open();
    for (const name of Object.keys(value)) {
      const item = value[name];
      if (item !== undefined) writeField(0x0a, name, item);
    }
    writer.close(fields);
  }
  writer.close(opened);
}

/** What is as if it were absent is not written. */
function text(tag: number, value: string): void {
  if (value !== "") writer.text(tag, value);
}

function number(tag: number, value: number): void {
  if (value === 0) return;
  writer.varint(tag);
  writer.varint(value);
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= INT32_MAX;
}

function isList(value: AttributeValue): value is readonly string[] {
  return Array.isArray(value);
}
