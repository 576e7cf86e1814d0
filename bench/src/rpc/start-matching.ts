// StartMatching at a real matcher beside the same messages echoed by a bare server: what deciding, keeping and fsyncing a
// ticket costs on top of the call. One client, in a process of its own, calls both in the same way. Matching goes on
// meanwhile, but no battle comes together: each block has a configuration of its own and brings it fewer players than one
// match takes, so that the figure is the call's and not the search's.
import { MatchmakingServiceDefinition, noProperties, type StartMatchingRequest } from "@muster/proto/matchmaking";
import { type BareClient, connectBare } from "./bare-client.ts";
import { openBenchStack } from "./bench-stack.ts";
import { compare, type Round } from "./compare.ts";
import { crowdConfig, crowdName } from "./crowd-config.ts";
import { startEcho } from "./floor-process.ts";
import { runLoad } from "./load.ts";

/** As the design states the figure. */
const IN_FLIGHT = 64;
/** Fewer than the players of one match. */
const CALLS_PER_BLOCK = 990;
const MATCH_PLAYERS = 1_000;
const ROUNDS = { warmUps: 3, rounds: 15 };

const config = crowdConfig({
  count: ROUNDS.warmUps + ROUNDS.rounds,
  players: MATCH_PLAYERS,
  requestTimeoutSeconds: 600,
});

/** The rounds of the comparison. */
export async function compareStartMatching(): Promise<readonly Round[]> {
  await using stack = await openBenchStack(config);
  await using echo = await startEcho();
  using matcher = connectBare(stack.matcherAddress);
  using floor = connectBare(echo.address);
  const blocksOn = (client: BareClient) => {
    const { fullName, methods } = MatchmakingServiceDefinition;
    const startMatching = client.unary(fullName, methods.startMatching);
    let block = 0;
    return () => {
      const configuration = crowdName(block);
      const first = block * CALLS_PER_BLOCK;
      block += 1;
      const load = { calls: CALLS_PER_BLOCK, inFlight: IN_FLIGHT };
      return runLoad(load, (index) => startMatching(ticketRequest(configuration, first + index)));
    };
  };
  return await compare(ROUNDS, { ours: blocksOn(matcher), floor: blocksOn(floor) });
}

/** A ticket of one player, some 400 bytes on the wire. */
function ticketRequest(configuration: string, number: number): StartMatchingRequest {
  const digits = String(number).padStart(8, "0");
  return {
    ...noProperties,
    configuration,
    ticketId: `ticket_0123456789abcdef-${digits}`,
    players: [
      {
        playerId: `player-0123456789abcdef-${digits}`,
        attributes: {
          skill: 1_000 + (number % 1_000),
          rank: "diamond",
          mode: "ranked",
          language: "en-GB",
          maps: ["dust", "harbour", "canyon", "old-town"],
          weapons: { rifle: 12, bow: 3, sword: 40, shield: 7 },
          title: "Warden of the northern harbour",
        },
        latenciesMs: { "eu-west": 18, "eu-north": 31, "us-east": 92, "us-west": 148 },
        team: "",
      },
    ],
  };
}
