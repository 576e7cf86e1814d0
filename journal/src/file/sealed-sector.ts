// One sector that holds a small value and proves it: what a disk writes as a whole or not at all. Headers, claims and leases
// are made of these.
//
//   offset  bytes  field
//        0      4  magic "MuSe"
//        4      2  format
//        6      2  length of the value
//        8      4  CRC-32 of all other bytes
//       12      …  the value as JSON, then zeros
import { crc32 } from "node:zlib";
import { invariant } from "@muster/kit";
import { SECTOR_BYTES } from "../disk/disk.ts";

/** Of every file of a journal's folder. */
export const FILE_FORMAT = 1;
const MAGIC = 0x6553754d;
const HEAD_BYTES = 12;

/** Blank: nothing was ever written there, or a power cut came before it was durable. */
export type Sector =
  | { readonly state: "sealed"; readonly value: unknown }
  | { readonly state: "blank" }
  | { readonly state: "damaged" }
  | { readonly state: "newer"; readonly format: number };

/** A sector with `value`, which must be small. */
export function sealSector(value: unknown): Uint8Array {
  const text = Buffer.from(JSON.stringify(value));
  invariant(text.length <= SECTOR_BYTES - HEAD_BYTES, "What is sealed fits into one sector");
  const sector = Buffer.alloc(SECTOR_BYTES);
  sector.writeUInt32LE(MAGIC, 0);
  sector.writeUInt16LE(FILE_FORMAT, 4);
  sector.writeUInt16LE(text.length, 6);
  sector.set(text, HEAD_BYTES);
  sector.writeUInt32LE(checksum(sector), 8);
  return sector;
}

/** What the sector at `offset` of `bytes` holds. */
export function openSector(bytes: Uint8Array, offset = 0): Sector {
  const sector = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(offset, offset + SECTOR_BYTES);
  if (isZero(sector)) return { state: "blank" };
  if (sector.length < SECTOR_BYTES || sector.readUInt32LE(0) !== MAGIC) return { state: "damaged" };
  if (sector.readUInt32LE(8) !== checksum(sector)) return { state: "damaged" };
  const format = sector.readUInt16LE(4);
  if (format !== FILE_FORMAT) return { state: "newer", format };
  return {
    state: "sealed",
    value: JSON.parse(sector.toString("utf8", HEAD_BYTES, HEAD_BYTES + sector.readUInt16LE(6))),
  };
}

/** Whether there is nothing but zeros. */
export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function checksum(sector: Buffer): number {
  return crc32(sector.subarray(HEAD_BYTES), crc32(sector.subarray(0, 8)));
}
