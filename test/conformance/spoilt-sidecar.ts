// A sidecar that does some things wrong: what conformance has to notice, each by the check of its name.
import type { Implementation } from "@muster/proto/rpc";
import type { WatchRequest, WatchResponse } from "@muster/proto/sdk";
import { TOKEN } from "./sidecar-here.ts";

/** The service with its faults. */
export function spoil({ definition, handlers }: Implementation): Implementation {
  const spoilt: Record<string, Implementation["handlers"][string]> = { ...handlers };
  const { processReady, acceptPlayerSession, updatePlayerSessionCreationPolicy, describePlayerSessions, watch } =
    handlers;
  if (
    !processReady ||
    !acceptPlayerSession ||
    !updatePlayerSessionCreationPolicy ||
    !describePlayerSessions ||
    !watch
  ) {
    throw new Error("the service has other methods than it had");
  }
  // TOKEN: whoever comes is believed.
  spoilt.processReady = (request, { signal, peer }) => processReady(request, { signal, peer, token: TOKEN });
  // ACCEPT: a repeat is answered with another secret.
  const accepted = new Set<string>();
  spoilt.acceptPlayerSession = async (request, context) => {
    const answer = await acceptPlayerSession(request, context);
    const isRepeat = accepted.has(request.requestId);
    accepted.add(request.requestId);
    return isRepeat && request.requestId === "r1" ? { ...answer, reconnectSecret: "another" } : answer;
  };
  // POLICY: no policy is one.
  spoilt.updatePlayerSessionCreationPolicy = (request, context) =>
    request.creationPolicy === 0 ? Promise.resolve({}) : updatePlayerSessionCreationPolicy(request, context);
  // DESCRIBE: one seat is left out.
  spoilt.describePlayerSessions = async (request, context) => {
    const { playerSessions } = await describePlayerSessions(request, context);
    return { playerSessions: playerSessions.slice(1) };
  };
  // CUSTOM_DATA: the last report is thrown away.
  spoilt.reportCustomData = (request, context) =>
    request.currentCount === 50 ? Promise.resolve({}) : handlers.reportCustomData?.(request, context);
  // BACKFILL: answered here.
  spoilt.describeBackfill = () => Promise.resolve({ backfill: undefined });
  let checkId = "";
  spoilt.reportHealth = (request, context) => handlers.reportHealth?.({ ...request, checkId }, context);
  // RESUME: one change too few is left out. HEALTH: every check has the same id.
  spoilt.watch = async function* (request: WatchRequest, context) {
    const resumeAfter = Object.fromEntries(
      Object.entries(request.resumeAfter).map(([id, revision]) => [id, revision > 1_000 ? revision : revision - 1]),
    );
    for await (const response of watch({ ...request, resumeAfter }, context) as AsyncIterable<WatchResponse>) {
      if (response.event?.$case === "healthCheck") checkId = response.event.value.checkId;
      yield response.event?.$case === "healthCheck"
        ? { event: { ...response.event, value: { ...response.event.value, checkId: "check" } } }
        : response;
    }
  };
  return { definition, handlers: spoilt };
}
