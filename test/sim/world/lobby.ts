// A back office that needs no matcher: it creates sessions on fleets, looks for some, seats guests, changes and ends them, and
// asks again now and then as who had no answer would.
import { drawId } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { type CreateServerSessionRequest, FleetServiceDefinition } from "@muster/proto/fleet";
import { CreationPolicy, PlayerSessionState, ProtectionPolicy } from "@muster/proto/session";
import type { Chance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";
import type { overhear } from "../engine/overheard-network.ts";
import { SIMULATED_FLEET } from "./configurations.ts";
import type { Eyes } from "./eyes.ts";
import type { Knobs } from "./knobs.ts";

export type LobbyParts = {
  readonly life: Life;
  readonly network: ReturnType<typeof overhear>;
  readonly chance: Chance;
  readonly knobs: Knobs;
  readonly eyes: Eyes;
};

/** Requests that are remembered to be made again, and sessions to be looked after. */
const KEPT_MAX = 8;

/** Goes on until `closed` aborts. */
export async function keepLobby(parts: LobbyParts, closed: AbortSignal): Promise<void> {
  const { network, chance, knobs, eyes } = parts;
  const { clock } = parts.life;
  const fleet = network.connect("fleet").client(FleetServiceDefinition);
  const fleets = ["eu", "us", "second", ...(knobs.isSimulated ? [SIMULATED_FLEET, SIMULATED_FLEET] : [])];
  /** Where games play by themselves there is more to do for a lobby, which alone brings them players. */
  const paceMs = knobs.operatorMs / (knobs.isSimulated ? 12 : 4);
  const requests: CreateServerSessionRequest[] = [];
  const sessions: string[] = [];
  const keep = <Thing>(things: Thing[], thing: Thing) => {
    things.push(thing);
    if (things.length > KEPT_MAX) things.shift();
  };
  const create = async () => {
    const isRepeat = requests.length > 0 && chance.happens(0.4);
    const known = isRepeat ? chance.pick(requests) : newRequest();
    // Another request under a token that came before, as nobody should send.
    const isOdd = isRepeat && chance.happens(knobs.mischiefRatio);
    const request = isOdd ? { ...known, capacity: known.capacity + 1 } : known;
    if (!isRepeat) keep(requests, request);
    const { session } = await fleet.createServerSession(request);
    if (session && !isRepeat) keep(sessions, session.battleSessionId);
  };
  const newRequest = (): CreateServerSessionRequest => ({
    ...{ fleet: chance.pick(fleets), capacity: 2 + chance.below(4), teams: [], name: "", data: "" },
    ...{ properties: { map: chance.pick(["dust", "aztec"]) }, creatorId: chance.pick(["", "lobby"]) },
    ...{ creationPolicy: CreationPolicy.UNSPECIFIED, battleSessionId: "", owner: "" },
    ...{ idempotencyToken: drawId("t", chance), reservationTimeoutMs: chance.happens(0.5) ? 2_000 : undefined },
  });
  const seat = async (battleSessionId: string) => {
    const guest = { playerId: `guest${chance.below(12)}`, team: "", ticketId: "", attributes: {}, latenciesMs: {} };
    const request = { requestId: drawId("q", chance), battleSessionId, players: [guest], expectedRosterVersion: 0 };
    await fleet.createPlayerSessions(request);
    if (chance.happens(0.3)) await fleet.createPlayerSessions(request);
  };
  const change = async (battleSessionId: string) => {
    const settings = chance.pick([
      { capacity: 1 + chance.below(6) },
      { name: chance.pick(["", "room"]), protection: ProtectionPolicy.TIME_LIMITED },
      { creationPolicy: chance.pick([CreationPolicy.DENY_ALL, CreationPolicy.ACCEPT_ALL]) },
    ]);
    const request = { updateId: drawId("u", chance), battleSessionId, ...settings };
    await fleet.updateServerSession(request);
    if (chance.happens(0.3)) await fleet.updateServerSession(request);
  };
  const search = async () => {
    const question = {
      filter: "capacity >= 3",
      sort: "playerSessionCount DESC",
      limit: 1 + chance.below(3),
      fleet: "",
    };
    const { nextPageToken: pageToken } = await fleet.searchServerSessions({ ...question, pageToken: "" });
    if (pageToken !== "") await fleet.searchServerSessions({ ...question, pageToken });
  };
  const describe = async (battleSessionId: string) => {
    const state = chance.pick([PlayerSessionState.UNSPECIFIED, PlayerSessionState.TIMED_OUT]);
    await fleet.describePlayerSessions({
      battleSessionId,
      playerId: "",
      playerSessionId: "",
      state,
      limit: 0,
      pageToken: "",
    });
  };
  const end = async (battleSessionId: string) => {
    await fleet.terminateServerSession({ battleSessionId, force: chance.happens(0.4) });
  };
  const act = (): Promise<unknown> => {
    const session = sessions.length > 0 ? chance.pick(sessions) : undefined;
    const kind = chance.below(8);
    if (kind <= 1 || session === undefined) return create();
    if (kind === 2) return search();
    if (kind === 3) return change(session);
    if (kind === 4) return end(session);
    if (kind === 5) return describe(session);
    return seat(session);
  };
  for (;;) {
    await clock.sleep(chance.wait(paceMs));
    if (closed.aborted) return;
    act().catch((error: unknown) => {
      if (!(error instanceof MusterError)) eyes.fail(error);
    });
  }
}
