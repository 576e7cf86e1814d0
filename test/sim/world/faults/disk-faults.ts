// What happens to the disks of the services.
import type { Fault, Victims } from "./fault.ts";

const pickService = ({ chance, services }: Victims) => chance.pick(services);

export const diskFaults = {
  /** Nothing more fits: the service says so, and goes on when there is room. */
  "disk full": (victims) => {
    const { name, store } = pickService(victims);
    const used = [...store.disk.files().values()].reduce((sum, bytes) => sum + bytes.length, 0);
    store.disk.setCapacity(used + victims.chance.below(2_000));
    victims.later(victims.chance.between({ min: 200, max: 10_000 }), () =>
      store.disk.setCapacity(Number.POSITIVE_INFINITY),
    );
    return name;
  },
  /** Syncs fail, and what they were to make durable may be or not: the service stops. */
  "disk broken": (victims) => {
    const { name, store } = pickService(victims);
    store.disk.breakSyncs(true);
    victims.later(victims.chance.between({ min: 100, max: 4_000 }), () => store.disk.breakSyncs(false));
    return name;
  },
  "disk slow": (victims) => {
    const { name, store } = pickService(victims);
    store.slowness = 50;
    victims.later(victims.chance.between({ min: 1_000, max: 10_000 }), () => {
      store.slowness = 1;
    });
    return name;
  },
  /** No operation ends. */
  "disk stuck": (victims) => {
    const { name, store } = pickService(victims);
    victims.later(victims.chance.between({ min: 200, max: 15_000 }), store.disk.stall());
    return name;
  },
} as const satisfies Record<string, Fault>;
