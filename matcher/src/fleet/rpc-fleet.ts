// The fleet behind muster.fleet.v1.
import type { Clock, Secret } from "@muster/kit";
import { applySessionChange, MusterError, readBattleSession, readSessionChange } from "@muster/proto";
import { FleetServiceDefinition } from "@muster/proto/fleet";
import type { Network } from "@muster/proto/rpc";
import type { Fleet } from "../ports.ts";
import { createPlacementStream } from "./placement-stream.ts";
import { readFeedMessages, readPlacement, writeApplyFill, writeStartPlacement, writeUpdate } from "./wire.ts";

type FleetOptions = {
  readonly address: string;
  /** What every call carries. Undefined: nothing. */
  readonly key: Secret | undefined;
  readonly owner: string;
  /** Whose placements and sessions it is about. */
  readonly project: string;
  readonly clock: Clock;
};

/** The fleet at `address`, asked as `owner`. */
export function connectFleet(network: Network, { address, key, owner, project, clock }: FleetOptions): Fleet {
  const peer = network.connect(address, { token: key?.reveal() ?? "", project });
  const client = peer.client(FleetServiceDefinition);
  const placements = createPlacementStream(client, clock);
  return {
    async startPlacement(request, signal) {
      return readPlacement(await placements.start(writeStartPlacement(request, owner), signal));
    },
    async describePlacement(placementId, signal) {
      return readPlacement((await client.describePlacement({ placementId }, { signal })).placement);
    },
    async applyFill(request, known, signal) {
      const { session, change } = await client.applyFill(writeApplyFill(request, known?.revision ?? 0), { signal });
      if (session) return readBattleSession(session);
      if (change && known && change.revision === known.revision + 1) {
        return applySessionChange(known, readSessionChange(change));
      }
      throw new MusterError("INTERNAL_FAULT", `Cannot read the outcome of ${request.fillId}: it has no session`);
    },
    async updateBackfill(update, signal) {
      await client.updateServerSession(writeUpdate(update), { signal });
    },
    async adoptSession({ battleSessionId, endpoint, capabilityKey }, signal) {
      const request = { battleSessionId, owner, matcherEndpoint: endpoint, capabilityKey };
      const { session, capabilityKey: counts } = await client.adoptSession(request, { signal });
      if (session) return { session: readBattleSession(session), capabilityKey: new Uint8Array(counts) };
      throw new MusterError("INTERNAL_FAULT", `Cannot adopt ${battleSessionId} as the fleet answered without it`);
    },
    async findSession(battleSessionId, signal) {
      const request = { battleSessionIds: [battleSessionId], includeEnded: true };
      const [session] = (await client.describeServerSessions(request, { signal })).sessions;
      return session && readBattleSession(session);
    },
    async *watchSessions(resumeToken, signal) {
      let handled = resumeToken;
      for await (const message of client.watchSessions({ owner, resumeToken, brief: true }, { signal })) {
        yield* readFeedMessages(message, handled);
        handled = message.resumeToken;
      }
    },
    async [Symbol.asyncDispose]() {
      placements[Symbol.dispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
}
