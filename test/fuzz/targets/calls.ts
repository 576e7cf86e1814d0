// Every method of every service over real sockets: messages that are right, wrong, or damaged. Whatever comes, the servers
// live, answer at once and in few clear words, and what they refuse changes nothing.

import type { DescMethod } from "@bufbuild/protobuf";
import { isReason } from "@muster/proto";
import fc from "fast-check";
import { checkSentence } from "../clean-refusal.ts";
import { getMethod, methods, pathOf } from "../contract.ts";
import { Finding } from "../finding.ts";
import { attack } from "../stack/attack.ts";
import type { RawAnswer } from "../stack/raw-client.ts";
import { serverOf } from "../stack/server-of.ts";
import { defineTarget } from "../target.ts";
import { bytesOf, type WireInput, wireInput } from "../wire-input.ts";

type Call = { readonly path: string; readonly messages: readonly WireInput[] };

const callOf = (method: DescMethod): fc.Arbitrary<Call> => {
  const isStream = method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming";
  const count = isStream ? { minLength: 0, maxLength: 5 } : { minLength: 1, maxLength: 1 };
  return fc.record({ path: fc.constant(pathOf(method)), messages: fc.array(wireInput(method.input), count) });
};

/** How long a call may run at the server, in ms. A stream that is not refused runs that long. */
const DEADLINE_MS = { unary: 1_000, stream: 40 };

export const calls = defineTarget({
  name: "calls",
  shortRuns: 25,
  about: "every method of matcher, fleet and sidecar with right, wrong and damaged messages",
  input: fc.array(fc.constantFrom(...methods).chain(callOf), { minLength: 1, maxLength: 3 }),
  open: () =>
    attack<readonly Call[]>(async (made, { words, addresses, client, isGone }) => {
      const answers: RawAnswer[] = [];
      for (const { path, messages } of made) {
        const method = getMethod(path);
        const bodies = messages.map((message) => bytesOf(message, words));
        const deadlineMs = method.methodKind === "unary" ? DEADLINE_MS.unary : DEADLINE_MS.stream;
        const answer = await client(serverOf(path)).call({ path, bodies, deadlineMs });
        const server = serverOf(path);
        if (answer.status === undefined && (await isGone(server, addresses[server]))) break;
        checkAnswer(answer);
        answers.push(answer);
      }
      return { refused: answers.every(isRefused), calls: 1 };
    }),
});

/** What certainly had no effect: a deadline that passed may have had one. */
function isRefused({ status }: RawAnswer): boolean {
  return status !== "0" && status !== "1" && status !== "4" && status !== undefined;
}

/** Statuses that grpc-js gives by itself, without a reason: called off, too late, too large, unknown. */
const BARE_STATUSES = ["1", "4", "8", "12"];

function checkAnswer({ status, message, reason, metadata, resetCode }: RawAnswer): void {
  if (status === "0") return;
  if (status === undefined) throw new Finding(`A call ends without a status: reset with ${resetCode}`);
  if (reason === undefined) {
    if (BARE_STATUSES.includes(status)) return;
    throw new Finding(`A call is refused with status ${status} and no reason: ${message}`);
  }
  if (!isReason(reason)) throw new Finding(`A call is refused with a reason that is not listed: ${reason}`);
  checkSentence({ reason, message, metadata });
}
