// What `muster init` writes: a server to start from, its rule set, the muster.json that runs it, and a test of it.

export type ProjectOptions = {
  /** Of the folder: fleet, queue and configuration are called so. */
  readonly name: string;
  readonly language: "ts" | "js";
  /** Of the packages. */
  readonly version: string;
};

/** Files by their path in the project's folder. */
export function projectFiles(options: ProjectOptions): Readonly<Record<string, string>> {
  const { language } = options;
  const [server, battles, test] = ["server", "battles", "battles.test"].map((name) => `${name}.m${language}`) as [
    string,
    string,
    string,
  ];
  return {
    "package.json": json(manifest(options, { server, test })),
    "muster.json": json(musterFile(options, server)),
    "rules.json": json(RULES),
    [server]: typed(SERVER, options),
    [battles]: typed(BATTLES, options),
    [test]: typed(TEST, options),
  };
}

function manifest({ name, version }: ProjectOptions, files: { readonly server: string; readonly test: string }) {
  return {
    name,
    version: "0.1.0",
    private: true,
    type: "module",
    scripts: { start: "muster dev", test: `node --test ${files.test}` },
    dependencies: { "@muster/sdk": version },
    devDependencies: { "@muster/cli": version },
  };
}

function musterFile({ name }: ProjectOptions, server: string) {
  return {
    fleets: [
      {
        name,
        region: "local",
        command: ["node", server],
        processes: 2,
        ports: [{ name: "game", protocol: "tcp" }],
        portRange: "7500-7599",
        host: "127.0.0.1",
      },
    ],
    queues: [{ name, destinations: [name] }],
    ruleSets: { [name]: "rules.json" },
    configurations: [{ name, ruleSet: name, queue: name, autoBackfill: true, properties: { map: "dust" } }],
  };
}

const RULES = {
  ruleLanguageVersion: "1.0",
  playerAttributes: [{ name: "skill", type: "number", default: 1000 }],
  teams: [{ name: "players", minPlayers: 1, maxPlayers: 8 }],
  rules: [
    {
      name: "near",
      description: "Everybody's skill lies within 300 points, later within 1,000.",
      type: "batchDistance",
      batchAttribute: "skill",
      maxDistance: 300,
    },
  ],
  expansions: [{ target: "rules[near].maxDistance", steps: [{ waitTimeSeconds: 20, value: 1000 }] }],
};

const SERVER = `// The server: your game's own protocol, here a line of text with the player session id that the player was given.
import { createServer«, type Socket» } from "node:net";
import { connect } from "@muster/sdk";
import { hostBattles } from "@@";

const sidecar = await connect();
const battles = hostBattles(sidecar);

async function admit(socket«: Socket», playerSessionId«: string»)«: Promise<void>» {
  try {
    const { name, leave } = await battles.join(playerSessionId);
    socket.once("close", leave);
    if (socket.destroyed) return leave();
    socket.write(\`welcome \${name}\\n\`);
  } catch (error) {
    socket.end(\`sorry: \${error instanceof Error ? error.message : error}\\n\`);
  }
}

const server = createServer((socket) => {
  socket.setEncoding("utf8").on("error", () => socket.destroy());
  socket.once("data", (line) => void admit(socket, String(line).trim()));
});
// From now on the server can be given battles.
server.listen(Number(process.env.MUSTER_PORT ?? 7500), () => sidecar.processReady().catch(console.error));
`;

const BATTLES = `// What the seats of a battle do to your game. It knows no socket, so that a test can try it.
«import type { Sidecar } from "@muster/sdk";

»/** Loads battles, lets players in, and ends a battle that everybody has left. */
export function hostBattles(sidecar«: Sidecar») {
  sidecar.onStartBattleSession(async (session) => {
    // Load what session.properties and session.teams ask for. Seats are reserved once this is done.
    console.log(\`battle \${session.battleSessionId} on \${session.properties.map}\`);
    await session.activate();
  });
  sidecar.onBattleSessionUpdated(async ({ session, reason, added, removed }) => {
    for (const player of added) console.log(\`\${player.playerId} has a seat in \${player.team}\`);
    for (const player of removed) console.log(\`\${player.playerId} is gone: \${player.endCause}\`);
    const isDeserted = removed.length > 0 && session.players.length === 0;
    if (isDeserted || reason === "SESSION_TERMINATING") await session.terminate();
  });

  return {
    /** A client presents its player session id; whoever has no seat is refused. */
    async join(playerSessionId«: string») {
      const { player } = await sidecar.acceptPlayerSession(playerSessionId);
      return {
        name: player.playerId,
        // The seat is free at once, and the battle's backfill looks for somebody else.
        leave: () => void player.remove().catch(console.error),
      };
    },
  };
}
`;

const TEST = `// Your battles without a sidecar, a fleet or a socket, and with the time in the test's hand: npm test
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestSidecar } from "@muster/sdk/testing";
import { hostBattles } from "@@";

test("a player joins and leaves; the battle that everybody has left ends", async (t) => {
  const sidecar = await createTestSidecar();
  t.after(() => sidecar[Symbol.asyncDispose]());
  const game = await sidecar.connect();
  const battles = hostBattles(game);
  await game.processReady();
  const battle = await sidecar.startBattleSession({ teams: { players: 8 }, players: ["ann"] });

  const { name, leave } = await battles.join(battle.seatOf("ann").playerSessionId);
  assert.equal(name, "ann");
  leave();
  await sidecar.settle();
  assert.equal(battle.session.state, "TERMINATED");
});
`;

/** The text for the language: what stands in « » is for TypeScript alone. */
function typed(text: string, { language }: ProjectOptions): string {
  const parts = language === "ts" ? text.replaceAll(/[«»]/g, "") : text.replaceAll(/«[^»]*»/gs, "");
  return parts.replaceAll("@@", `./battles.m${language}`);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
