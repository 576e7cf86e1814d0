// What happens to links between machines.
import type { Fault, Victims } from "./fault.ts";

/** Machines that talk to others. */
function machinesOf({ park, backends, services }: Victims): readonly string[] {
  return [...services.map(({ name }) => name), ...park.living.map(({ machine }) => machine), ...backends.names];
}

/** The other end of a link that matters: a service, mostly. */
function pickPair(victims: Victims): { readonly one: string; readonly other: string } | undefined {
  const { chance, services } = victims;
  const other = chance.pick(services).name;
  const candidates = machinesOf(victims).filter((machine) => machine !== other);
  return candidates.length === 0 ? undefined : { one: chance.pick(candidates), other };
}

const blockMs = ({ chance }: Victims) => chance.between({ min: 300, max: 20_000 });

export const networkFaults = {
  /** Messages one way wait until it is over; the other way they pass. */
  "one-way cut": (victims) => {
    const pair = pickPair(victims);
    if (!pair) return undefined;
    const forth = victims.chance.happens(0.5);
    const way = forth ? { from: pair.one, to: pair.other } : { from: pair.other, to: pair.one };
    victims.later(blockMs(victims), victims.sky.block(way, { type: "held" }));
    return `${way.from} to ${way.to}`;
  },
  cut: (victims) => {
    const pair = pickPair(victims);
    if (!pair) return undefined;
    const { sky, chance, later } = victims;
    const type = chance.happens(0.5) ? "held" : "broken";
    const ms = blockMs(victims);
    later(ms, sky.block({ from: pair.one, to: pair.other }, { type }));
    later(ms, sky.block({ from: pair.other, to: pair.one }, { type }));
    return `${pair.one} and ${pair.other}, ${type}`;
  },
  /** A service sees some machines and not others. */
  "partial partition": (victims) => {
    const { sky, chance, later, services } = victims;
    const { name } = chance.pick(services);
    const ms = blockMs(victims);
    const away = machinesOf(victims).filter((machine) => machine !== name && chance.happens(0.5));
    for (const machine of away) {
      later(ms, sky.block({ from: machine, to: name }, { type: "held" }));
      later(ms, sky.block({ from: name, to: machine }, { type: "held" }));
    }
    return `${name} without ${away.join(", ")}`;
  },
  /** One machine after another is slowed down, and set free in another order. */
  swizzle: (victims) => {
    const { sky, chance, later } = victims;
    const clogged = machinesOf(victims).filter(() => chance.happens(0.5));
    for (const machine of clogged) {
      const slowerMs = chance.between({ min: 200, max: 5_000 });
      const beginsMs = chance.fraction() * 3_000;
      later(beginsMs, () => {
        later(blockMs(victims), sky.block({ from: machine, to: "*" }, { type: "clogged", slowerMs }));
      });
    }
    return clogged.join(", ");
  },
} as const satisfies Record<string, Fault>;
