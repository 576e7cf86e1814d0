// What happens to the machines of dedicated servers, and to backends.
import type { Fault, Victims } from "./fault.ts";

const pickServer = ({ park, chance }: Victims) => (park.living.length === 0 ? undefined : chance.pick(park.living));

export const serverFaults = {
  "game crash": (victims) => {
    const game = pickServer(victims)?.game;
    if (!game || game.life.dead) return undefined;
    game.end(victims.chance.pick(["SIGSEGV", "SIGKILL", "exit 0", "exit 3"]));
    return game.life.node;
  },
  /** Its game lives on, and the fleet gives it another. */
  "sidecar crash": (victims) => {
    const sidecar = pickServer(victims)?.sidecar;
    if (!sidecar || sidecar.life.dead) return undefined;
    sidecar.end("kill -9");
    return sidecar.life.node;
  },
  /** Everything on it is gone, and nobody says a word. */
  "machine dies": (victims) => {
    const { sky, later, chance } = victims;
    const server = pickServer(victims);
    if (!server) return undefined;
    const free = [
      sky.block({ from: server.machine, to: "*" }, { type: "held" }),
      sky.block({ from: "*", to: server.machine }, { type: "held" }),
    ];
    later(chance.between({ min: 10_000, max: 60_000 }), () => {
      for (const unblock of free) unblock();
    });
    server.game?.end("power cut");
    server.sidecar?.end("power cut");
    return server.machine;
  },
  /** Its connections stand, and it says nothing. */
  "game hangs": (victims) => {
    const life = pickServer(victims)?.game?.life;
    if (!life || life.dead || life.paused) return undefined;
    victims.pause(life, victims.chance.between({ min: 500, max: 30_000 }));
    return life.node;
  },
  "sidecar hangs": (victims) => {
    const life = pickServer(victims)?.sidecar?.life;
    if (!life || life.dead || life.paused) return undefined;
    victims.pause(life, victims.chance.between({ min: 500, max: 30_000 }));
    return life.node;
  },
  /** Its next run knows nothing of the tickets that it had started. */
  "backend crash": ({ backends, chance }) => backends.restart(chance),
} as const satisfies Record<string, Fault>;
