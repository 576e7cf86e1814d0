// The game that conformance asks for, by fetch and server-sent events alone: what an engine without gRPC has to write.
import { systemClock } from "@muster/kit";
import type { HttpErrorBody } from "@muster/proto/http";

type Json = Readonly<Record<string, unknown>>;
type Seat = { readonly playerSessionId: string; readonly state: string; readonly attributes?: Json };
type Session = {
  readonly battleSessionId: string;
  readonly revision: number;
  readonly playerSessions?: readonly Seat[];
};
type Change = Omit<Session, "playerSessions"> & { readonly reason: string; readonly added?: readonly Seat[] };
/** One message of the watch: it has one of these. */
type Message = {
  readonly opened?: Json;
  readonly startBattleSession?: { readonly session: Session };
  readonly sessionSnapshot?: { readonly session: Session };
  readonly battleSessionUpdated?: Change;
  readonly healthCheck?: { readonly checkId: string };
  readonly processTerminate?: Json;
};

/** Plays until it is told to end. */
export async function playHttpGame(address: string, token: string): Promise<void> {
  const sidecar = `http://${address}/muster.sdk.v1.GameServerService`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  /** By session: the last revision that was acted upon. */
  const handled = new Map<string, number>();
  const asked = new Set<string>();
  let isReady = false;
  let isOver = false;

  /** The same words again while nobody can answer. */
  const call = async (method: string, request: Json): Promise<Json> => {
    for (;;) {
      const response = await fetch(`${sidecar}/${method}`, { method: "POST", headers, body: JSON.stringify(request) });
      const body = (await response.json()) as Json & HttpErrorBody;
      if (response.ok) return body;
      if (body.retry !== "backoff") throw new Error(body.reason);
      await systemClock.sleep(200);
    }
  };
  const admit = async (seats: readonly Seat[] = []) => {
    for (const { playerSessionId, state, attributes } of seats) {
      if (state !== "RESERVED" || asked.has(playerSessionId)) continue;
      asked.add(playerSessionId);
      try {
        await call("AcceptPlayerSession", { playerSessionId, requestId: `connection-${asked.size}` });
        if (attributes?.leaves === 1) await call("RemovePlayerSession", { playerSessionId });
      } catch {
        // Refused for good: the client is turned away.
      }
    }
  };
  const meet = async ({ battleSessionId, revision, playerSessions }: Session) => {
    handled.set(battleSessionId, revision);
    await admit(playerSessions);
  };
  /** False: watch anew, with a snapshot. */
  const update = async ({ battleSessionId, revision, reason, added }: Change): Promise<boolean> => {
    const known = handled.get(battleSessionId) ?? 0;
    if (revision <= known) return true;
    if (revision > known + 1) return false;
    await admit(added);
    handled.set(battleSessionId, revision);
    if (reason === "SESSION_TERMINATING") await call("TerminateBattleSession", { battleSessionId });
    return true;
  };
  const take = async (message: Message): Promise<boolean> => {
    const { startBattleSession, sessionSnapshot, battleSessionUpdated, healthCheck, processTerminate } = message;
    if (message.opened && !isReady) {
      isReady = true;
      await call("ProcessReady", { ports: { game: 7500 } });
    }
    if (startBattleSession) {
      const { battleSessionId } = startBattleSession.session;
      if (!handled.has(battleSessionId)) await call("ActivateBattleSession", { battleSessionId });
      await meet(startBattleSession.session);
    }
    if (sessionSnapshot) await meet(sessionSnapshot.session);
    if (healthCheck) await call("ReportHealth", { checkId: healthCheck.checkId, healthy: true });
    if (processTerminate) {
      await call("ProcessEnding", {});
      isOver = true;
    }
    return battleSessionUpdated ? await update(battleSessionUpdated) : true;
  };

  let place: string | undefined;
  while (!isOver) {
    const leaving = new AbortController();
    const resume: Record<string, string> = place === undefined ? {} : { "last-event-id": place };
    const query = "sdkName=http-conformance&sdkVersion=1&sdkLanguage=fetch";
    const response = await fetch(`${sidecar}/Watch?${query}`, {
      headers: { ...headers, ...resume },
      signal: leaving.signal,
    });
    for await (const { id, message } of readEvents(response)) {
      if (!(await take(message))) place = undefined;
      else place = id ?? place;
      if (isOver || place === undefined) break;
    }
    leaving.abort();
    if (!isOver) await systemClock.sleep(100);
  }
}

/** Each event's place and message; an `error` event ends them. */
async function* readEvents(response: Response): AsyncGenerator<{ id: string | undefined; message: Message }> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const fieldOf = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (fieldOf("event") === "error") return;
      const data = fieldOf("data");
      if (data !== undefined) yield { id: fieldOf("id"), message: JSON.parse(data) as Message };
    }
  }
}
