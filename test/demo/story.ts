// The story that `npm run demo` tells, chapter by chapter; every check is seen on the wire.
import { readTicket, type Ticket } from "@muster/cli";
import { type Checks, same } from "./checks.ts";
import type { DemoWorld, WatchedTicket } from "./demo-world.ts";
import { GameClient } from "./game-client.ts";
import { patiently } from "./patiently.ts";

type Stage = { readonly world: DemoWorld; readonly checks: Checks };
/** A battle with a listener on its server, and the players who are in it. */
type Battle = {
  readonly battleSessionId: string;
  readonly address: Address;
  readonly listener: GameClient;
  /** Who holds a seat, the longest there first. */
  readonly members: Member[];
};
type Member = { readonly ticket: WatchedTicket; readonly playerId: string; readonly client: GameClient };
type Address = { readonly host: string; readonly ports: Readonly<Record<string, number>> };

/** Tells the whole story. Throws at the first check that fails. */
export async function tellStory(stage: Stage): Promise<void> {
  const duel = await playDuel(stage);
  await refuseStrangers(stage, duel);
  await cancelTicket(stage);
  const refilled = await refillSeat(stage, duel);
  const custom = await completeCustomBackfill(stage);
  await killServer(stage, custom);
  await waitForCapacity(stage);
  await killMatcher(stage, refilled);
  await killFleet(stage, refilled);
}

async function playDuel({ world, checks }: Stage): Promise<Battle> {
  const tickets = await checks.check("two tickets are matched and placed on a server", async () => {
    const started = [await world.startTicket("auto"), await world.startTicket("auto")];
    const completed = await Promise.all(started.map((ticket) => ticket.becomes("COMPLETED")));
    same("the session of both", sessionOf(completed[0]), sessionOf(completed[1]));
    return started;
  });
  return await checks.check("every player is accepted by the right server", () => joinBattle(world, tickets));
}

async function refuseStrangers({ world, checks }: Stage, duel: Battle): Promise<void> {
  const refusal = async (address: Address, playerSessionId: string) => {
    await using client = await GameClient.connect(address);
    return (await client.ask({ ask: "join", playerSessionId })).refused;
  };
  let strangerAddress: Address | undefined;
  await checks.check("a forged player session id is refused", async () => {
    const forged = "ps_00000000000000000000000000";
    same("the refusal", await refusal(duel.address, forged), "PLAYER_SESSION_NOT_FOUND");
  });
  await checks.check("a used player session id is refused", async () => {
    const [member] = duel.members;
    const used = ownSeat(await completedTicket(member?.ticket)).playerSessionId;
    same("the refusal", await refusal(duel.address, used), "PLAYER_SESSION_ALREADY_ACCEPTED");
  });
  await checks.check("an expired player session id is refused", async () => {
    const tickets = [await world.startTicket("narrow"), await world.startTicket("narrow")];
    const [first] = await Promise.all(tickets.map((ticket) => ticket.becomes("COMPLETED")));
    const { battleSessionId, address } = assignmentOf(first);
    await world.feed.see(
      "the reservations run out",
      (message) =>
        message.type === "change" &&
        message.change.battleSessionId === battleSessionId &&
        message.change.reason === "RESERVATION_EXPIRED" &&
        message.change.removed.some(({ playerSessionId }) => playerSessionId === ownSeat(first).playerSessionId),
    );
    same("the refusal", await refusal(address, ownSeat(first).playerSessionId), "PLAYER_SESSION_EXPIRED");
    strangerAddress = address;
  });
  await checks.check("a player session id is refused by any other server", async () => {
    const [member] = duel.members;
    const elsewhere = ownSeat(await completedTicket(member?.ticket)).playerSessionId;
    same(
      "the refusal",
      await refusal(present("another server", strangerAddress), elsewhere),
      "PLAYER_SESSION_NOT_FOUND",
    );
  });
}

async function cancelTicket({ world, checks }: Stage): Promise<void> {
  await checks.check("a ticket is cancelled, and its watcher is told", async () => {
    const ticket = await world.startTicket("manual");
    await ticket.becomes("SEARCHING");
    await world.matcher.matchmaking.cancelMatching({ ticketId: ticket.ticketId });
    await ticket.becomes("CANCELLED");
  });
}

async function refillSeat({ world, checks }: Stage, duel: Battle): Promise<Battle> {
  const [leaver, stayer] = duel.members;
  if (!leaver || !stayer) throw new Error("Cannot refill a seat as the battle has no players");
  await checks.check("a player leaves, and the backfill searches", async () => {
    await leaver.client.ask({ ask: "leave" });
    await duel.listener.reports.see("the server hears that the player left", (report) => {
      return report.heard === "onBattleSessionUpdated" && report.removed.includes(leaver.playerId);
    });
    await world.sessionBecomes(duel.battleSessionId, "a backfill that searches", ({ backfill, playerSessions }) => {
      return backfill?.state === "SEARCHING" && playerSessions.length === 1;
    });
  });
  const newcomer = await checks.check(
    "a newcomer refills the seat; the server hears onBattleSessionUpdated",
    async () => {
      const ticket = await world.startTicket("auto");
      const completed = await ticket.becomes("COMPLETED");
      same("the session", sessionOf(completed), duel.battleSessionId);
      const { playerId } = ownSeat(completed);
      await duel.listener.reports.see("the server hears of the newcomer", (report) => {
        return (
          report.heard === "onBattleSessionUpdated" &&
          report.reason === "PLAYERS_ADDED" &&
          report.added.includes(playerId)
        );
      });
      return await join(ticket, completed);
    },
  );
  return { ...duel, members: [stayer, newcomer] };
}

async function completeCustomBackfill({ world, checks }: Stage): Promise<Battle> {
  return await checks.check("a CUSTOM backfill adds one to each team and completes", async () => {
    const battle = await joinBattle(world, [await world.startTicket("manual"), await world.startTicket("manual")]);
    same(
      "the backfill's state",
      (await battle.listener.ask({ ask: "backfill", addPlayers: { red: 1, blue: 1 } })).state,
      "SEARCHING",
    );
    const tickets = [await world.startTicket("manual"), await world.startTicket("manual")];
    const completed = await Promise.all(tickets.map((ticket) => ticket.becomes("COMPLETED")));
    same("the sessions", completed.map(sessionOf), [battle.battleSessionId, battle.battleSessionId]);
    const newcomers = await Promise.all(
      tickets.map(async (ticket) => await join(ticket, await ticket.becomes("COMPLETED"))),
    );
    await world.sessionBecomes(battle.battleSessionId, "the goal reached", ({ backfill }) => {
      return backfill?.state === "COMPLETED" && backfill.cause === "GOAL_REACHED";
    });
    await battle.listener.reports.see("the server hears that its backfill is done", (report) => {
      return report.heard === "onBattleSessionUpdated" && report.backfill === "COMPLETED";
    });
    return { ...battle, members: [...battle.members, ...newcomers] };
  });
}

async function killServer({ world, checks }: Stage, battle: Battle): Promise<void> {
  await checks.check("a server killed with -9 is noticed, and its session closed", async () => {
    const server = (await world.processes()).find(({ battleSessionIds }) => {
      return battleSessionIds.includes(battle.battleSessionId);
    });
    process.kill(present("the server's process", server?.pid), "SIGKILL");
    const ended = await world.sessionBecomes(
      battle.battleSessionId,
      "the session over",
      ({ state }) => state === "TERMINATED",
    );
    same("the cause", ended.endCause, "PROCESS_CRASHED");
    same("its seats", ended.playerSessions, []);
  });
  await checks.check("the watchers of its players are told SESSION_ENDED", async () => {
    await Promise.all(
      battle.members.map(({ ticket }) =>
        ticket.events.see("the session's end", ({ type }) => type === "SESSION_ENDED"),
      ),
    );
  });
}

async function waitForCapacity({ world, checks }: Stage): Promise<void> {
  await checks.check("a placement without capacity waits, and then succeeds", async () => {
    // The only server of this queue still runs the battle whose players never came.
    const busy = (await world.processes()).find(({ fleet }) => fleet === "narrow");
    const [busySession] = present("the busy server", busy).battleSessionIds;
    const tickets = [await world.startTicket("narrow"), await world.startTicket("narrow")];
    const [placing] = await Promise.all(tickets.map((ticket) => ticket.becomes("PLACING")));
    await world.feed.see("the placement pending", (message) => {
      return (
        message.type === "placement" &&
        message.placement.state === "PENDING" &&
        message.placement.placementId.startsWith(present("the match", placing?.matchId))
      );
    });
    same("where it is", (await describe(world, tickets[0])).state, "PLACING");
    await world.fleet.fleet.terminateServerSession({ battleSessionId: present("the busy session", busySession) });
    const completed = await Promise.all(tickets.map((ticket) => ticket.becomes("COMPLETED")));
    if (sessionOf(completed[0]) === busySession) throw new Error("Cannot count the ended session as a new one");
  });
}

async function killMatcher({ world, checks }: Stage, battle: Battle): Promise<void> {
  await checks.check("a matcher killed with -9 goes on with the same tickets and sessions", async () => {
    const waiting = await world.startTicket("manual");
    const before = await waiting.becomes("SEARCHING");
    await restart(world, "matcher");
    const after = await describe(world, waiting);
    same("the ticket", { ...after, version: 0 }, { ...before, version: 0 });
    // The waiting ticket still matches, and the running battle is still refilled.
    const other = await world.startTicket("manual");
    const [first, second] = [await waiting.becomes("COMPLETED"), await other.becomes("COMPLETED")];
    same("the session of both", sessionOf(first), sessionOf(second));
  });
  await checks.check("its backfill goes on with the battle that runs", () => replaceOne(world, battle));
}

async function killFleet({ world, checks }: Stage, battle: Battle): Promise<void> {
  await checks.check("a fleet killed with -9 goes on with the same sessions and servers", async () => {
    const serversBefore = (await world.processes()).map(({ processId, pid }) => `${processId} ${pid}`).sort();
    const before = present("the session", world.session(battle.battleSessionId));
    await restart(world, "fleet");
    const request = { battleSessionIds: [battle.battleSessionId], includeEnded: false };
    const { sessions } = await patiently(() => world.fleet.fleet.describeServerSessions(request));
    same(
      "the session's seats",
      sessions[0]?.playerSessions.map(({ playerId }) => playerId),
      before.playerSessions.map(({ playerId }) => playerId),
    );
    const serversAfter = (await world.processes()).map(({ processId, pid }) => `${processId} ${pid}`).sort();
    same("the servers", serversAfter, serversBefore);
  });
  await checks.check("the battle is refilled after it", () => replaceOne(world, battle));
}

/** Somebody leaves, and a newcomer gets the seat. */
async function replaceOne(world: DemoWorld, battle: Battle): Promise<void> {
  const leaver = present("a player to leave", battle.members.shift());
  await leaver.client.ask({ ask: "leave" });
  const ticket = await world.startTicket("auto");
  const completed = await ticket.becomes("COMPLETED");
  same("the session", sessionOf(completed), battle.battleSessionId);
  const member = await join(ticket, completed);
  battle.members.push(member);
  await world.sessionBecomes(battle.battleSessionId, "the newcomer arrived", ({ playerSessions }) => {
    return playerSessions.some(({ playerId, state }) => playerId === member.playerId && state === "ACTIVE");
  });
}

async function restart(world: DemoWorld, name: "matcher" | "fleet"): Promise<void> {
  const from = world.services.items.length;
  process.kill(present(name, world.stack.pidOf(name)), "SIGKILL");
  await world.services.see(`${name} crashed`, (event) => event.name === name && event.type === "crashed", { from });
  await world.services.see(`${name} ready again`, (event) => event.name === name && event.type === "ready", { from });
}

/** Everybody joins the battle that their tickets were completed with. */
async function joinBattle(world: DemoWorld, tickets: readonly WatchedTicket[]): Promise<Battle> {
  const completed = await Promise.all(tickets.map((ticket) => ticket.becomes("COMPLETED")));
  const { battleSessionId, address } = assignmentOf(completed[0]);
  const members = await Promise.all(
    tickets.map(async (ticket) => await join(ticket, await ticket.becomes("COMPLETED"))),
  );
  await world.sessionBecomes(battleSessionId, "everybody arrived", ({ playerSessions }) => {
    return playerSessions.filter(({ state }) => state === "ACTIVE").length === tickets.length;
  });
  const listener = await GameClient.connect(address);
  await listener.ask({ ask: "listen" });
  return { battleSessionId, address, listener, members };
}

async function join(ticket: WatchedTicket, completed: Ticket): Promise<Member> {
  const { battleSessionId, address } = assignmentOf(completed);
  const { playerId, playerSessionId } = ownSeat(completed);
  const client = await GameClient.connect(address);
  const answer = await client.ask({ ask: "join", playerSessionId });
  same(
    "who was accepted",
    [answer.refused, answer.playerId, answer.battleSessionId],
    [undefined, playerId, battleSessionId],
  );
  return { ticket, playerId, client };
}

async function describe(world: DemoWorld, ticket: WatchedTicket | undefined): Promise<Ticket> {
  const request = { ticketIds: [present("the ticket", ticket).ticketId] };
  const { tickets } = await patiently(() => world.matcher.matchmaking.describeMatchingProgress(request));
  return readTicket(tickets[0]);
}

async function completedTicket(ticket: WatchedTicket | undefined): Promise<Ticket> {
  return await present("the ticket", ticket).becomes("COMPLETED");
}

function assignmentOf(ticket: Ticket | undefined): { readonly battleSessionId: string; readonly address: Address } {
  const assignment = present("the assignment", ticket?.assignment);
  return { battleSessionId: assignment.battleSessionId, address: present("the address", assignment.address) };
}

function sessionOf(ticket: Ticket | undefined): string {
  return assignmentOf(ticket).battleSessionId;
}

function ownSeat(ticket: Ticket | undefined): { readonly playerId: string; readonly playerSessionId: string } {
  const own = ticket?.assignment?.players.find(({ ticketId }) => ticketId === ticket.ticketId);
  return {
    playerId: present("the ticket's player", own).playerId,
    playerSessionId: present("the player session id", own?.playerSessionId),
  };
}

function present<Value>(what: string, value: Value | undefined): Value {
  if (value === undefined) throw new Error(`Cannot go on without ${what}: there is none`);
  return value;
}
