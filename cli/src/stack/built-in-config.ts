// The muster.json of `muster dev -- COMMAND`: one fleet around somebody's own server, and rules that let anybody play.

export type BuiltInOptions = {
  /** The server and its arguments. */
  readonly command: readonly string[];
  /** Where it runs. */
  readonly cwd: string;
};

/** A whole muster.json. `muster ticket start --players 2` matches at once under it, and later players join by backfill. */
export function builtInConfig({ command, cwd }: BuiltInOptions): Readonly<Record<string, unknown>> {
  return {
    fleets: [
      {
        name: "dev",
        region: "local",
        command,
        cwd,
        processes: 2,
        ports: [{ name: "game", protocol: "tcp" }],
        portRange: "7500-7599",
        host: "127.0.0.1",
      },
    ],
    queues: [{ name: "dev", destinations: ["dev"] }],
    ruleSets: {
      dev: {
        version: "v1.0",
        teams: [{ name: "players", minPlayers: 1, maxPlayers: 8, minQuantity: 1, maxQuantity: 1 }],
      },
    },
    configurations: [{ name: "dev", ruleSet: "dev", queue: "dev", autoBackfill: true, settleMs: 100 }],
  };
}
