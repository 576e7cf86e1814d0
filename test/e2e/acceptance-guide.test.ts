// docs/guides/acceptance.md on real processes: its commands work, and what it says of refusals, deadlines and restarts is so.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MatchAnswer } from "@muster/proto/matchmaking";
import { connectMatcher } from "@muster/sdk/backend";
import { expect, test } from "vitest";
import { type DemoWorld, openDemoWorld, type WatchedTicket } from "../demo/demo-world.ts";
import { patiently } from "../demo/patiently.ts";
import { findShellCommands, runInShell } from "../guides/shell-commands.ts";
import { ROOT } from "../tidy/sources.ts";

const guide = readFileSync(join(ROOT, "docs/guides/acceptance.md"), "utf8");
const open = () => openDemoWorld(new AbortController().signal, join(ROOT, "test/guides/acceptance.json"));

async function proposed(world: DemoWorld, configuration: string) {
  const tickets = [await world.startTicket(configuration), await world.startTicket(configuration)] as const;
  const [first, second] = await Promise.all(tickets.map((ticket) => ticket.becomes("REQUIRES_ACCEPTANCE")));
  return {
    first: tickets[0],
    second: tickets[1],
    matchId: first?.matchId ?? "",
    players: [playerOf(first), playerOf(second)],
  };
}

function playerOf(ticket: Awaited<ReturnType<WatchedTicket["becomes"]>> | undefined): string {
  return ticket?.players[0]?.playerId ?? "";
}

test("the commands of the guide work, one after the other", async () => {
  await using world = await open();
  const { first, second, players } = await proposed(world, "ranked");
  const commands = findShellCommands(guide);
  const printed: string[] = [];
  for (const command of commands) {
    const line = command.replace("ID", first.ticketId).replace("ada", players[0] ?? "");
    const { code, out, err } = await runInShell(line, ["--matcher", world.stack.matcherAddress]);
    expect({ command, code, err }).toEqual({ command, code: 0, err: "" });
    printed.push(out);
  }
  expect(commands.map((command) => command.split(" ")[1])).toEqual(["show", "accept", "refuse", "watch"]);
  const [show = "", accept = "", refuse = "", watch = ""] = printed;
  expect(show).toMatch(/^state +REQUIRES_ACCEPTANCE$[\s\S]*^accept until +\d{4}-/m);
  expect(accept).toMatch(new RegExp(`^player +red ${players[0]} {2}accepted$`, "m"));
  expect(refuse).toMatch(
    /^state +CANCELLED \(ACCEPTANCE_REFUSED\)$[\s\S]*^why +one of its players refused the match$/m,
  );
  expect(watch).toMatch(
    /SEARCHING[\s\S]*REQUIRES_ACCEPTANCE[\s\S]*1 of 2 accepted[\s\S]*CANCELLED \(ACCEPTANCE_REFUSED\)/,
  );
  await second.events.see(
    "its return",
    (event) => event.type === "STATE_CHANGED" && event.ticket.cause === "MATCH_REFUSED",
  );
});

test("a matcher that is killed while players are asked keeps who has accepted, and places the match when all have", async () => {
  await using world = await open();
  const { first, second, matchId, players } = await proposed(world, "ranked");
  const accept = (ticket: WatchedTicket, playerId = "") => {
    const request = { ticketId: ticket.ticketId, matchId, playerIds: [playerId], answer: MatchAnswer.ACCEPT };
    return patiently(() => world.matcher.matchmaking.acceptMatch(request));
  };
  await accept(first, players[0]);
  const from = world.services.items.length;
  process.kill(world.stack.pidOf("matcher") ?? 0, "SIGKILL");
  await world.services.see("the matcher again", ({ name, type }) => name === "matcher" && type === "ready", { from });
  const { ticket } = await accept(second, players[1]);
  expect(ticket?.matchId).toBe(matchId);
  const [one, other] = await Promise.all([first.becomes("COMPLETED"), second.becomes("COMPLETED")]);
  expect(one.assignment?.battleSessionId).toMatch(/^bs_/);
  expect(other.assignment?.battleSessionId).toBe(one.assignment?.battleSessionId);
});

test("a backend that answers by match() hears of the proposal, and of the deadline that others let pass", async () => {
  await using world = await open();
  await using matcher = connectMatcher({ address: world.stack.matcherAddress });
  const other = await world.startTicket("hasty");
  const proposals: (string | undefined)[] = [];
  const result = await matcher.match(
    { configuration: "hasty", players: [{ playerId: "ada" }] },
    {
      onProposed({ ticketId, matchId = "", proposal }) {
        proposals.push(proposal?.players.map(({ accepted }) => String(accepted)).join());
        void matcher.acceptMatch({ ticketId, matchId, playerIds: ["ada"] });
      },
    },
  );
  expect(proposals).toEqual(["false,false"]);
  expect(result).toMatchObject({ state: "CANCELLED", cause: "MATCH_UNANSWERED" });
  expect((await other.becomes("CANCELLED")).cause).toBe("ACCEPTANCE_TIMED_OUT");
});
