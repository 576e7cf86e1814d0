// One observation as a line of a story.
import type { Happening, Outcome } from "../observation.ts";
import { gistOf } from "./story.ts";

export function describeHappening(happening: Happening): string {
  switch (happening.type) {
    case "matcher-fact":
    case "fleet-fact": {
      const { fact, sequence, epoch, type } = happening;
      return `${type === "matcher-fact" ? "matcher" : "fleet"} journal ${sequence} (epoch ${epoch}): ${fact.type} ${gistOf(fact)}`;
    }
    case "acquired":
      return `${happening.service} owns its journal as epoch ${happening.epoch}, records ${happening.firstSequence} to ${happening.lastSequence}`;
    case "append-refused":
      return `${happening.service} (epoch ${happening.epoch}) may not append: ${happening.reason}`;
    case "snapshot":
      return `${happening.service} has a snapshot of ${happening.sequence}: ${happening.bytes.length} bytes`;
    case "compacted":
      return `${happening.service} keeps records from ${happening.firstSequence} on`;
    case "cursor":
      return `${happening.service} cursor ${happening.name} is at ${happening.sequence ?? "nowhere"}`;
    case "call":
      return `${happening.caller} calls ${happening.method} ${gistOf(happening.request)} (#${happening.callId})`;
    case "answer":
      return `  #${happening.callId} ${describeOutcome(happening.outcome)}`;
    case "ticket-watch":
    case "session-watch":
    case "placement-watch":
      return `${happening.watcher} watches from "${happening.resumeToken}"`;
    case "ticket-event":
    case "session-event":
    case "placement-event":
      return `${happening.watcher} hears ${gistOf(happening.event)}`;
    case "watch-ended":
      return `${happening.watcher}'s stream ended: ${happening.reason}`;
    case "events-pushed": {
      const { target, events, isTaken } = happening;
      return `${target} ${isTaken ? "takes" : "does not take"} ${events.map(({ id, type }) => `${id} ${type}`).join(", ")}`;
    }
    case "hook-asked":
      return `the hook is asked ${happening.question} of ${happening.subject}: ${happening.answer}`;
    case "fill-proposed":
      return `${happening.node} is asked about ${happening.fillId}: ${happening.playerIds.join(", ")}`;
    case "game-heard":
      return `${happening.node} heard ${happening.heard.type} ${gistOf(happening.heard)}`;
    case "life":
      return `*** ${happening.node}: ${happening.how}`;
    case "fault":
      return `!!! ${happening.name}: ${happening.detail}`;
    case "log":
      return `${happening.node} says: ${happening.text}`;
    case "gauge":
      return `gauge ${happening.name} = ${happening.value} (quiet: at most ${happening.quietMax})`;
    case "healed":
      return "=== healed: nothing fails from here on";
    case "end":
      return "=== the end";
  }
}

function describeOutcome(outcome: Outcome): string {
  if ("ok" in outcome) return `ok ${gistOf(outcome.ok)}`;
  if ("refused" in outcome) return `refused: ${outcome.refused}`;
  return `unknown: ${outcome.unknown}`;
}
