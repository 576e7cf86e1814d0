// Bodies of journal records: whoever damages one gets an error or a fact, and every fact can be written again as it was read.
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
} as const satisfies Record<string, Codec & { readonly message: string }>;

const inputOf = (service: keyof typeof services) =>
  fc.record({
    service: fc.constant(service),
    kind: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 30 }) }, { weight: 1, arbitrary: fc.nat() }),
    body: wireInput(getMessage(services[service].message)),
  });

export const facts = defineTarget({
  name: "facts",
  about: "bodies of journal records into facts, and back",
  input: fc.oneof(inputOf("fleet")),
  open: async () => ({
    async attempt({ service, kind, body }) {
      const codec = services[service];
      const bytes = bytesOf(body);
      const isRead = await withoutBlock(() => isReadable(codec, kind, bytes));
      checkPrototypes();
      if (!isRead) return;
      const written = await withoutBlock(() => codec.encodeAgain(kind, bytes));
      const again = codec.encodeAgain(written.kind, written.body);
      if (written.kind !== again.kind || Buffer.compare(written.body, again.body) !== 0) {
        throw new Finding("A fact that was read and written is another one when it is read again");
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
