// The texts that `muster init` writes. What stands in « » is for TypeScript alone, @@ is the ending of a file's name, %% the
// project's name, %battles the module beside: no path, as what packs looks after imports by path.

export const SERVER = `// The server: your game's own protocol, here a line of text with the player session id that the player was given.
import { createServer«, type Socket» } from "node:net";
import { connect } from "@muster/sdk";
import { hostBattles } from "%battles";

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

export const BATTLES = `// What the seats of a battle do to your game. It knows no socket, so that a test can try it.
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

export const TEST = `// Your battles without a sidecar, a fleet or a socket, and with the time in the test's hand: npm test
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestSidecar } from "@muster/sdk/testing";
import { hostBattles } from "%battles";

test("a player joins and leaves; the battle that everybody has left ends", async (t) => {
  const sidecar = await createTestSidecar();
  t.after(() => sidecar[Symbol.asyncDispose]());
  const game = await sidecar.connect();
  const battles = hostBattles(game);
  await game.processReady();
  const battle = await sidecar.startBattleSession({
    teams: { players: 8 },
    players: ["ann"],
    properties: { map: "dust" },
  });

  const { name, leave } = await battles.join(battle.seatOf("ann").playerSessionId);
  assert.equal(name, "ann");
  leave();
  await sidecar.settle();
  assert.equal(battle.session.state, "TERMINATED");
});
`;

export const CLIENT = `// A client of the game, to try it by hand: npm run play -- HOST:PORT PLAYER_SESSION_ID
import { connect } from "node:net";

const [address = "", playerSessionId = ""] = process.argv.slice(2);
const [host = "", port] = address.split(":");
const socket = connect({ host, port: Number(port) }, () => socket.write(\`\${playerSessionId}\\n\`));
socket.pipe(process.stdout);
`;

export const README = `# %%

A dedicated server that Muster gives battles to.

\`\`\`sh
npm install
npm test                                 # your battles, without a socket and without waiting
npm start                                # matcher, fleet and two of your servers, started anew when a file changes
npx muster ticket start --players 2      # in a second terminal: an address, and a player session id for each
npm run play -- HOST:PORT PLAYER_SESSION_ID   # come in as one of them; Ctrl-C leaves
npx muster sessions                      # who is where, and who is looked for
npx muster logs %% --follow              # what your servers print
\`\`\`

| file | what it is |
|---|---|
| \`server.@@\` | your game's own protocol: here a line of text with the player session id |
| \`battles.@@\` | what battles and seats do to your game |
| \`battles.test.@@\` | a test of that, with the time in its hand |
| \`rules.json\` | who may meet whom; \`npx muster rules check rules.json\` judges it, \`npx muster types rules.json\` writes its types |
| \`muster.json\` | which servers run, where matches are placed, what is configured |
| \`client.@@\` | a client to try it by hand |
`;
