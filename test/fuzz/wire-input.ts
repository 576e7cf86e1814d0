// Messages as bytes: made up from the contract, then damaged.
import type { DescMessage } from "@bufbuild/protobuf";
import fc from "fast-check";
import { type ByteMutation, byteMutations, mutateBytes } from "./mutate-bytes.ts";
import { wireMessage } from "./wire-message.ts";
import { encodeFields, type WireField, type Words } from "./wire-value.ts";

export type WireInput = { readonly fields: readonly WireField[]; readonly damage: readonly ByteMutation[] };

/** Messages of this kind, most of them as the encoder wrote them. */
export function wireInput(desc: DescMessage): fc.Arbitrary<WireInput> {
  const damage = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: byteMutations });
  return fc.record({ fields: wireMessage(desc), damage });
}

/** The bytes that an input stands for. */
export function bytesOf({ fields, damage }: WireInput, words: Words = {}): Uint8Array {
  return mutateBytes(encodeFields(fields, words), damage);
}
