// X-SECRET: no line of a log and no error's text holds a secret that a journal knows: player session ids, secrets of
// processes, capability keys, reconnect secrets, join keys and join tokens.
import type { FleetFact } from "@muster/mock-fleet/testing";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "X-SECRET";
const WORD = /[A-Za-z0-9_+/=-]{16,}/g;

export function xSecret(): Checker {
  const secrets = new Map<string, string>();
  const learn = (fact: FleetFact) => {
    switch (fact.type) {
      case "process-launched":
        secrets.set(fact.secret, "the secret of a process");
        return;
      case "placement-started": {
        const key = Buffer.from(fact.request.capabilityKey);
        if (key.length === 0) return;
        for (const form of ["hex", "base64", "base64url"] as const) secrets.set(key.toString(form), "a capability key");
        return;
      }
      case "session-changed":
        for (const { playerSessionId } of fact.change.added) secrets.set(playerSessionId, "a player session id");
        if (fact.accepted) secrets.set(fact.accepted.reconnectSecret, "a reconnect secret");
        return;
      default:
        return;
    }
  };
  const check = (text: string, where: string) => {
    for (const [word] of text.matchAll(WORD)) {
      const secret = secrets.get(word);
      if (secret !== undefined) throw new BrokenPromise(NAME, `${where} holds ${secret}`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "fleet-fact") learn(observation.fact);
      if (observation.type === "matcher-fact" && observation.fact.type === "join-key-added") {
        const secret = Buffer.from(observation.fact.secret);
        for (const form of ["hex", "base64", "base64url"] as const) secrets.set(secret.toString(form), "a join key");
      }
      if (observation.type === "ticket-event") {
        for (const { joinToken } of observation.event.ticket?.assignment?.players ?? []) {
          if (joinToken !== undefined) secrets.set(joinToken.split(".")[2] ?? "", "a join token");
        }
      }
      if (observation.type === "log") check(observation.text, `a line of ${observation.node}`);
      if (observation.type !== "answer" || !("refused" in observation.outcome)) return;
      const { refused, text, metadata } = observation.outcome;
      check(`${text} ${Object.values(metadata).join(" ")}`, `the text of a ${refused}`);
    },
  };
}
