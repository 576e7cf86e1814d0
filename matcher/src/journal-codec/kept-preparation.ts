// Preparations as a snapshot keeps them: a document for each that a ticket shows or showed.
import * as wire from "@muster/proto/journal-matcher";
import type { Preparation } from "../core/preparation.ts";

export function encodePreparation({ startedAtMs, deadlineAtMs, joined }: Preparation): Uint8Array {
  return wire.KeptPreparation.encode({ startedAtMs, deadlineAtMs, joined: [...joined] }).finish();
}

export function decodePreparation(bytes: Uint8Array): Preparation {
  return wire.KeptPreparation.decode(bytes);
}
