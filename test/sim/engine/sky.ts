// The weather over the simulated network: how long messages take, which are lost, and which links stand still. A link is
// from one machine to another, one way.
import type { Clock } from "@muster/kit";
import type { Fate, Frame, Weather } from "@muster/proto/rpc";
import type { Chance } from "./chance.ts";
import { gistOf, type Story } from "./story.ts";

/** How the network is on every link, for the whole run. */
export type Climate = {
  /** Of most messages, in ms, drawn evenly from a tenth of it. */
  readonly delayMs: number;
  /** Share of messages that take up to `slowMs` instead. */
  readonly slowRatio: number;
  readonly slowMs: number;
  /** Share of unary requests, and of their answers, that are lost without a word. */
  readonly lossRatio: number;
  /** Share of messages with which their connection breaks. */
  readonly breakRatio: number;
  /** Share of unary requests that arrive twice. */
  readonly repeatRatio: number;
};

/** A network on which nothing goes wrong. */
export const CALM = { delayMs: 4, slowRatio: 0, slowMs: 0, lossRatio: 0, breakRatio: 0, repeatRatio: 0 } as const;

/** Links between two machines, `"*"` for any, one way. */
export type Way = { readonly from: string; readonly to: string };
/** What a blocked link does: messages wait for its return, connections break, or each message takes `slowerMs` longer. */
export type Block = { readonly type: "held" | "broken" } | { readonly type: "clogged"; readonly slowerMs: number };

export interface Sky {
  readonly weather: Weather;
  /** Blocks the links until the returned function is called. */
  block(way: Way, block: Block): () => void;
  /** From now on nothing is lost or broken by chance; blocks are gone. */
  clear(): void;
}

export type SkyOptions = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly climate: Climate;
  readonly story: Story;
  /** Called when links are free again: what they held is to be asked about. */
  readonly freed: () => void;
};

/** Between processes of one machine, in ms. */
const LOOPBACK_MS = 0.05;

export function createSky({ clock, chance, climate, story, freed }: SkyOptions): Sky {
  const blocks = new Set<{ readonly way: Way; readonly block: Block }>();
  const waiting = new WeakSet<Frame>();
  let present = climate;

  const matches = (pattern: string, machine: string) => pattern === "*" || pattern === machine;
  const findBlock = (from: string, to: string): Block | undefined => {
    for (const { way, block } of blocks) if (matches(way.from, from) && matches(way.to, to)) return block;
    return undefined;
  };
  const delay = () =>
    chance.happens(present.slowRatio)
      ? chance.between({ min: present.delayMs, max: present.slowMs })
      : chance.between({ min: present.delayMs / 10, max: present.delayMs });
  const decide = ({ from, to, part }: Frame): Fate => {
    const [source, target] = [machineOf(from), machineOf(to)];
    if (source === target) return { delayMs: LOOPBACK_MS };
    const block = blocks.size > 0 ? findBlock(source, target) : undefined;
    if (block && block.type !== "clogged") return block.type;
    const isUnary = part === "request" || part === "response";
    if (isUnary && chance.happens(present.lossRatio)) return "lost";
    if (chance.happens(present.breakRatio)) return "broken";
    const delayMs = delay() + (block ? chance.fraction() * block.slowerMs : 0);
    if (part === "request" && chance.happens(present.repeatRatio))
      return { delayMs, againAfterMs: delayMs + delay() * 9 };
    return { delayMs };
  };

  return {
    weather(frame) {
      const fate = decide(frame);
      if (fate === "held") {
        if (waiting.has(frame)) return fate; // Its story has been told.
        waiting.add(frame);
      }
      const { from, to, method, part, message } = frame;
      story.tell(clock.nowMs(), () => `${from} → ${to} ${method} ${part} ${gistOf(message)}${describeFate(fate)}`);
      return fate;
    },
    block(way, block) {
      const entry = { way, block };
      blocks.add(entry);
      return () => {
        if (blocks.delete(entry)) freed();
      };
    },
    clear() {
      present = { ...CALM, delayMs: climate.delayMs };
      blocks.clear();
      freed();
    },
  };
}

const machines = new Map<string, string>();

/** "server7" of "server7/game~2": processes of one machine share its links. */
export function machineOf(node: string): string {
  let machine = machines.get(node);
  if (machine === undefined) {
    machine = node.replace(/[/~].*$/, "");
    machines.set(node, machine);
  }
  return machine;
}

function describeFate(fate: Fate): string {
  if (typeof fate === "string") return ` (${fate})`;
  return fate.againAfterMs === undefined ? "" : " (twice)";
}
