// Facts as records of the journal: the core's plain values ↔ messages of muster.journal.v1. When you change a fact, change
// its message in proto/muster/journal/v1/fleet_facts.proto too, additively: old journals are read by this file.
import { invariant, unreachable } from "@muster/kit";
import {
  type ErasureId,
  encodeMessage,
  MusterError,
  type PlacementId,
  type PlayerId,
  type PlayerSessionId,
  type ProcessId,
  readBattleSession,
  readPlayerSession,
  readReason,
  readSessionChange,
  readWord,
  type ServerSessionId,
  writeBattleSession,
  writeEnum,
  writePlayerSession,
  writeSessionChange,
} from "@muster/proto";
import { PlacementState, type WireError } from "@muster/proto/fleet";
import * as wire from "@muster/proto/journal-fleet";
import type { FleetFact } from "./core/fleet-fact.ts";
import type { Refusal } from "./core/session.ts";
import { readAliasTarget, writeAliasTarget } from "./grpc/alias-wire.ts";
import { readRolloutMode, readScaling, writeRolloutMode, writeScaling } from "./grpc/control-wire.ts";
import { readLatencyPolicies, writeLatencyPolicies } from "./grpc/latency-policy-wire.ts";
import { readPlacementRequest, writePlacementRequest } from "./grpc/placement-wire.ts";

/** The kind of every record of the fleet: a FleetFact message. */
const KIND_FLEET_FACT = 1;

/** Facts as the ledger writes and reads them. */
export const factCodec = {
  encode: (fact: FleetFact): { kind: number; body: Uint8Array } => ({
    kind: KIND_FLEET_FACT,
    body: encodeMessage(wire.FleetFact, { fact: writeFact(fact) }),
  }),
  /** @throws {MusterError} JOURNAL_UNREADABLE for records of a newer build. */
  decode(kind: number, body: Uint8Array): FleetFact {
    const fact = kind === KIND_FLEET_FACT ? readFact(wire.FleetFact.decode(body).fact) : undefined;
    if (fact) return fact;
    throw new MusterError(
      "JOURNAL_UNREADABLE",
      `Cannot read a record of kind ${kind} as a fact: a newer build wrote it`,
    );
  },
};

type WireFact = NonNullable<wire.FleetFact["fact"]>;

function writeFact(fact: FleetFact): WireFact {
  switch (fact.type) {
    case "opened":
      return { $case: "opened", value: { journalId: fact.journalId } };
    case "process-launched": {
      const address = { host: fact.address.host, ports: { ...fact.address.ports } };
      return { $case: "processLaunched", value: { ...fact, address, readyByMs: fact.readyByMs ?? 0 } };
    }
    case "process-attached":
      return { $case: "processAttached", value: { ...fact, pid: fact.pid ?? 0 } };
    case "process-became-ready":
      return { $case: "processBecameReady", value: { ...fact, ports: { ...fact.ports } } };
    case "process-terminating":
      return { $case: "processTerminating", value: fact };
    case "process-ended":
      return { $case: "processEnded", value: fact };
    case "process-reachability-changed":
      return { $case: "processReachabilityChanged", value: fact };
    case "placement-started":
      return {
        $case: "placementStarted",
        value: {
          ...fact,
          request: writePlacementRequest(fact.request),
          latencyPolicies: writeLatencyPolicies(fact.latencyPolicies),
          direct: fact.isDirect,
          project: fact.request.project ?? "",
        },
      };
    case "placement-ended": {
      const { placementId, endedAtWallMs, failure = "" } = fact;
      return {
        $case: "placementEnded",
        value: { placementId, endedAtWallMs, failure, state: writeEnum(PlacementState, fact.state) },
      };
    }
    case "fleet-scaling-put":
      return {
        $case: "fleetScalingPut",
        value: { fleet: fact.fleet, scaling: fact.scaling && writeScaling(fact.scaling) },
      };
    case "fleet-scaled":
      return { $case: "fleetScaled", value: fact };
    case "fleet-drain-put":
      return { $case: "fleetDrainPut", value: fact };
    case "fleet-build-put": {
      const { fleet, rollout } = fact;
      const written = rollout && { build: rollout.build, mode: writeRolloutMode(rollout.mode) };
      return { $case: "fleetBuildPut", value: { fleet, rollout: written } };
    }
    case "fleet-restarted":
      return { $case: "fleetRestarted", value: fact };
    case "process-draining":
      return { $case: "processDraining", value: { ...fact, endByMs: fact.endByMs ?? 0 } };
    case "alias-put":
      return { $case: "aliasPut", value: { name: fact.name, target: fact.target && writeAliasTarget(fact.target) } };
    case "session-started": {
      const { placementId, activateByMs } = fact;
      return {
        $case: "sessionStarted",
        value: { placementId, activateByMs, session: writeBattleSession(fact.session) },
      };
    }
    case "session-changed":
      return {
        $case: "sessionChanged",
        value: {
          change: writeSessionChange(fact.change),
          request: fact.request,
          accepted: fact.accepted,
          closeByMs: fact.closeByMs ?? 0,
        },
      };
    case "fill-refused": {
      const { sessionId, request, refusal } = fact;
      return { $case: "fillRefused", value: { battleSessionId: sessionId, request, refusal: writeRefusal(refusal) } };
    }
    case "session-adopted": {
      const { sessionId, owner, matcherEndpoint, capabilityKey } = fact;
      return { $case: "sessionAdopted", value: { battleSessionId: sessionId, owner, matcherEndpoint, capabilityKey } };
    }
    case "command-answered": {
      const { acceptedSeat, seatExpiresAtMs } = fact.result;
      return {
        $case: "commandAnswered",
        value: {
          processId: fact.processId,
          commandId: fact.commandId,
          bodyDigest: fact.bodyDigest,
          battleSessionId: acceptedSeat?.sessionId ?? "",
          playerSession: acceptedSeat && writePlayerSession(acceptedSeat.playerSession),
          reconnectSecret: acceptedSeat?.reconnectSecret ?? "",
          seatExpiresAtMs: seatExpiresAtMs ?? 0,
        },
      };
    }
    case "player-erased":
      return { $case: "playerErased", value: fact };
    case "erasure-completed":
      return { $case: "erasureCompleted", value: fact };
    case "forgotten": {
      const { processIds, placementIds, sessionIds } = fact;
      return {
        $case: "forgotten",
        value: { processIds: [...processIds], placementIds: [...placementIds], sessionIds: [...sessionIds] },
      };
    }
    default:
      return unreachable(fact);
  }
}

// The casts below give ids of our own journal their brand back: they were parsed before they were written.
function readFact(fact: wire.FleetFact["fact"]): FleetFact | undefined {
  switch (fact?.$case) {
    case undefined:
      return undefined;
    case "opened":
      return { type: "opened", journalId: fact.value.journalId };
    case "processLaunched": {
      const { address = { host: "", ports: {} } } = fact.value;
      const processId = fact.value.processId as ProcessId;
      const readyByMs = fact.value.readyByMs || undefined;
      return { ...fact.value, type: "process-launched", processId, address, readyByMs };
    }
    case "processAttached": {
      const { processId, pid } = fact.value;
      return { ...fact.value, type: "process-attached", processId: processId as ProcessId, pid: pid || undefined };
    }
    case "processBecameReady":
      return { ...fact.value, type: "process-became-ready", processId: fact.value.processId as ProcessId };
    case "processTerminating":
      return { ...fact.value, type: "process-terminating", processId: fact.value.processId as ProcessId };
    case "processEnded":
      return { ...fact.value, type: "process-ended", processId: fact.value.processId as ProcessId };
    case "processReachabilityChanged":
      return { ...fact.value, type: "process-reachability-changed", processId: fact.value.processId as ProcessId };
    case "placementStarted": {
      const { request, bodyDigest, expiresAtMs, createdAtWallMs, latencyPolicies, direct, project } = fact.value;
      invariant(request, "a placement was started by a request");
      return {
        type: "placement-started",
        request: readPlacementRequest(request, project || undefined),
        bodyDigest,
        expiresAtMs,
        createdAtWallMs,
        latencyPolicies: readLatencyPolicies(latencyPolicies),
        isDirect: direct,
      };
    }
    case "placementEnded": {
      const { placementId, failure, endedAtWallMs } = fact.value;
      const state = readWord("state", PlacementState, fact.value.state);
      invariant(state !== "PENDING", "an ended placement is not pending");
      const ended = { placementId: placementId as PlacementId, state, failure: failure || undefined, endedAtWallMs };
      return { type: "placement-ended", ...ended };
    }
    case "fleetScalingPut": {
      const { fleet, scaling } = fact.value;
      return { type: "fleet-scaling-put", fleet, scaling: scaling && readScaling(scaling) };
    }
    case "fleetScaled":
      return { type: "fleet-scaled", ...fact.value };
    case "fleetDrainPut":
      return { type: "fleet-drain-put", ...fact.value };
    case "fleetBuildPut": {
      const { fleet, rollout } = fact.value;
      const read = rollout && { build: rollout.build, mode: readRolloutMode(rollout.mode) };
      return { type: "fleet-build-put", fleet, rollout: read };
    }
    case "fleetRestarted":
      return { type: "fleet-restarted", ...fact.value };
    case "processDraining": {
      const { processId, reason, endByMs } = fact.value;
      return { type: "process-draining", processId: processId as ProcessId, reason, endByMs: endByMs || undefined };
    }
    case "aliasPut": {
      const { name, target } = fact.value;
      return { type: "alias-put", name, target: target && readAliasTarget(target) };
    }
    case "sessionStarted": {
      const { session, placementId, activateByMs } = fact.value;
      invariant(session, "a started session has a document");
      return {
        type: "session-started",
        session: readBattleSession(session),
        placementId: placementId as PlacementId,
        activateByMs,
      };
    }
    case "sessionChanged": {
      const { change, request, accepted, closeByMs } = fact.value;
      invariant(change, "a changed session has a change");
      return {
        type: "session-changed",
        change: readSessionChange(change),
        request,
        accepted: accepted && { ...accepted, playerSessionId: accepted.playerSessionId as PlayerSessionId },
        closeByMs: closeByMs || undefined,
      };
    }
    case "fillRefused": {
      const { battleSessionId, request, refusal } = fact.value;
      invariant(request && refusal, "a refused fill has an id and a reason");
      const sessionId = battleSessionId as ServerSessionId;
      return { type: "fill-refused", sessionId, request, refusal: readRefusal(refusal) };
    }
    case "sessionAdopted": {
      const { battleSessionId, capabilityKey, ...rest } = fact.value;
      const sessionId = battleSessionId as ServerSessionId;
      return { type: "session-adopted", ...rest, sessionId, capabilityKey: new Uint8Array(capabilityKey) };
    }
    case "commandAnswered":
      return readCommandAnswered(fact.value);
    case "playerErased": {
      const { erasureId, playerId, playerDigest } = fact.value;
      const erasure = { erasureId: erasureId as ErasureId, playerId: playerId as PlayerId, playerDigest };
      return { type: "player-erased", ...erasure };
    }
    case "erasureCompleted":
      return { type: "erasure-completed", erasureId: fact.value.erasureId as ErasureId };
    case "forgotten":
      return {
        type: "forgotten",
        processIds: fact.value.processIds as ProcessId[],
        placementIds: fact.value.placementIds as PlacementId[],
        sessionIds: fact.value.sessionIds as ServerSessionId[],
      };
    default:
      return unreachable(fact);
  }
}

export function writeRefusal({ reason, message, metadata }: Refusal): WireError {
  return { reason, message, metadata: { ...metadata } };
}

export function readRefusal({ reason, message, metadata }: WireError): Refusal {
  return { reason: readReason(reason, "INTERNAL"), message, metadata };
}

function readCommandAnswered(value: wire.FleetFact_CommandAnswered): FleetFact {
  const { processId, commandId, bodyDigest, battleSessionId, playerSession, reconnectSecret, seatExpiresAtMs } = value;
  const acceptedSeat = playerSession && {
    sessionId: battleSessionId as ServerSessionId,
    playerSession: readPlayerSession(playerSession),
    reconnectSecret,
  };
  return {
    type: "command-answered",
    processId: processId as ProcessId,
    commandId,
    bodyDigest,
    result: { acceptedSeat, seatExpiresAtMs: seatExpiresAtMs || undefined },
  };
}
