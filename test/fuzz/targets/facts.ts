// Bodies of journal records: whoever damages one gets an error or a fact, and every fact can be written again as it was read.
import { factCodec as matcherFacts } from "@muster/matcher/testing";
import { factCodec as fleetFacts } from "@muster/mock-fleet/testing";
import fc from "fast-check";
import { checkPrototypes } from "../clean-refusal.ts";
import { getMessage } from "../contract.ts";
import { Finding } from "../finding.ts";
import { withoutBlock } from "../loop-block.ts";
import { defineTarget } from "../target.ts";
import { bytesOf, wireInput } from "../wire-input.ts";

type Codec = {
  decode(kind: number, body: Uint8Array): unknown;
  encodeAgain(kind: number, body: Uint8Array): { readonly kind: number; readonly body: Uint8Array };
};

const services = {
  fleet: {
    message: "muster.journal.v1.FleetFact",
    decode: fleetFacts.decode,
    encodeAgain: (kind, body) => fleetFacts.encode(fleetFacts.decode(kind, body)),
  },
  matcher: {
    message: "muster.journal.v1.MatcherFact",
    decode: matcherFacts.decode,
    encodeAgain: (kind, body) => matcherFacts.encode(matcherFacts.decode(kind, body)),
  },
} as const satisfies Record<string, Codec & { readonly message: string }>;

/** Kinds of records that are tried with each body: that of the fact that it holds, and others. */
const KIND_MAX = 40;

const inputOf = (service: keyof typeof services) =>
  fc.record({
    service: fc.constant(service),
    body: wireInput(getMessage(services[service].message)),
  });

export const facts = defineTarget({
  name: "facts",
  about: "bodies of journal records into facts, and back",
  input: fc.oneof(inputOf("fleet"), inputOf("matcher")),
  open: async () => ({
    async attempt({ service, body }) {
      const codec = services[service];
      const bytes = bytesOf(body);
      for (let kind = 0; kind <= KIND_MAX; kind += 1) {
        const isRead = await withoutBlock(() => isReadable(codec, kind, bytes));
        checkPrototypes();
        if (!isRead) continue;
        const written = await withoutBlock(() => codec.encodeAgain(kind, bytes));
        const again = codec.encodeAgain(written.kind, written.body);
        if (written.kind !== again.kind || Buffer.compare(written.body, again.body) !== 0) {
          throw new Finding("A fact that was read and written is another one when it is read again");
        }
      }
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held.
    },
  }),
});

function isReadable(codec: Codec, kind: number, bytes: Uint8Array): boolean {
  try {
    codec.decode(kind, bytes);
    return true;
  } catch (error) {
    // The ledger says which record it is; a TypeError would be a slip of the reader rather than a word about the record.
    if (error instanceof TypeError || !(error instanceof Error)) throw error;
    if (error.message === "Maximum call stack size exceeded") throw error;
    return false;
  }
}
