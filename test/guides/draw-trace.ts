// What became of a backfill as a picture: a box for every state that the game would hear of, an arrow for what led to it.
import type { SimulationEvent, SimulationFact } from "@muster/matcher";

/** Mermaid's text of what `facts` tell of the one backfill in them; `events` are what was simulated. */
export function drawTrace(events: readonly SimulationEvent[], facts: readonly SimulationFact[]): string {
  const boxes: string[] = [];
  const arrows: string[] = [];
  // Events of an instant come before what they lead to.
  const happened: readonly Happened[] = [
    ...events.map((event, index) => ({ at: event.at, order: index, says: describeEvent(event), fact: undefined })),
    ...facts.map((fact, index) => ({
      at: fact.type === "Summary" ? Number.POSITIVE_INFINITY : fact.at,
      order: events.length + index,
      says: describeFact(fact),
      fact,
    })),
  ].toSorted((one, other) => one.at - other.at || one.order - other.order);
  let since: string[] = [];
  for (const { says, fact } of happened) {
    if (says !== undefined) since.push(says);
    if (fact?.type !== "BackfillUpdated") continue;
    boxes.push(`  s${boxes.length}["${describeState(fact)}"]`);
    if (boxes.length > 1) arrows.push(`  s${boxes.length - 2} -->|"${since.join("<br/>")}"| s${boxes.length - 1}`);
    since = [];
  }
  return ["flowchart LR", ...boxes, ...arrows].join("\n");
}

type Happened = {
  readonly at: number;
  readonly order: number;
  readonly says: string | undefined;
  readonly fact: SimulationFact | undefined;
};

function describeEvent({ op, ...event }: SimulationEvent): string | undefined {
  switch (op) {
    case "playerLeft":
      return `${event.playerId} leaves`;
    case "policy":
      return String(event.policy);
    case "cancelBackfill":
      return "cancelBackfill()";
    case "endSession":
      return "the battle ends";
    default:
      return undefined; // Who searches shows in who comes.
  }
}

function describeFact(fact: SimulationFact): string | undefined {
  if (fact.type !== "MatchFormed") return undefined;
  const newcomers = Object.values(fact.teams).flat();
  return newcomers.map(({ playerId }) => `+ ${playerId}`).join(" ");
}

function describeState(fact: SimulationFact & { type: "BackfillUpdated" }): string {
  const sizes = fact.progress.map(({ have, reserved }) => have + reserved).join("v");
  const why = fact.cause ?? (fact.noLegalFill ? "no legal fill" : undefined);
  return [sizes, fact.state, ...(why === undefined ? [] : [why])].join("<br/>");
}
