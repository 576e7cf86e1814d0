// Configurations in which nobody is ever matched, as long as each is brought fewer players than its one match takes.

export type Crowds = {
  /** How many configurations there are, called `crowd-0` and so on. */
  readonly count: number;
  /** Players of a match. */
  readonly players: number;
  readonly requestTimeoutSeconds: number;
};

/** Name of the crowd of that number, from 0. */
export function crowdName(number: number): string {
  return `crowd-${number}`;
}

/** A whole muster.json; nothing is ever placed on its queue. */
export function crowdConfig({ count, players, requestTimeoutSeconds }: Crowds) {
  return {
    fleets: [{ name: "none", command: ["node"], processes: 0 }],
    queues: [{ name: "none", destinations: ["none"] }],
    ruleSets: {
      crowd: {
        version: "v1.0",
        playerAttributes: [{ name: "skill", type: "number" }],
        teams: [{ name: "all", minPlayers: players, maxPlayers: players }],
      },
    },
    configurations: Array.from({ length: count }, (_, number) => ({
      ...{ name: crowdName(number), ruleSet: "crowd", queue: "none", requestTimeoutSeconds },
    })),
  };
}
