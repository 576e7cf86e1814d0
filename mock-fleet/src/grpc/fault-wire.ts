// Faults of the plan: wire ↔ core.
import { fieldInvalid, readEnum, readWord, writeEnum } from "@muster/proto";
import * as wire from "@muster/proto/mockfleet";
import type { Fault, FaultSpec } from "../core/faults/fault.ts";
import { mayRecur } from "../faults/fault-config.ts";
import { atMost, wholeNumberIn } from "./field.ts";

const DAY_MS = 86_400_000;
const NAME_CHARS_MAX = 128;
const STRIKES_MAX = 1_000_000;
const PER_HOUR_MAX = 3_600_000;
const NOTICE_MS_DEFAULT = 120_000;

/** @throws {MusterError} FIELD_INVALID. */
export function readFaultSpec(message: wire.Fault | undefined): FaultSpec {
  if (!message) throw fieldInvalid("fault", "a fault", "absent");
  const kind = readWord("fault.kind", wire.FaultKind, message.kind);
  const name = (field: string, text: string) => atMost(`fault.${field}`, text, NAME_CHARS_MAX) || undefined;
  const ms = (field: string, value: number) => wholeNumberIn(`fault.${field}`, value, 0, DAY_MS);
  const { ratio = 1, perHour } = message;
  if (!(ratio >= 0 && ratio <= 1)) throw fieldInvalid("fault.ratio", "0..1", ratio);
  if (perHour !== undefined && !(perHour > 0 && perHour <= PER_HOUR_MAX && mayRecur(kind))) {
    const rule = `above 0 and at most ${PER_HOUR_MAX}, and only for faults that strike processes by themselves`;
    throw fieldInvalid("fault.per_hour", rule, `${perHour} for ${kind}`);
  }
  return {
    kind,
    fleet: name("fleet", message.fleet),
    region: name("region", message.region),
    processId: name("process_id", message.processId),
    ratio,
    perHour,
    afterMs: ms("after_ms", message.afterMs),
    withinMs: ms("within_ms", message.withinMs) || undefined,
    strikesMax: wholeNumberIn("fault.strikes_max", message.strikesMax, 0, STRIKES_MAX) || undefined,
    forMs: ms("for_ms", message.forMs) || undefined,
    delayMs: ms("delay_ms", message.delayMs),
    jumpMs: wholeNumberIn("fault.jump_ms", message.jumpMs, -DAY_MS, DAY_MS),
    noticeMs: ms("notice_ms", message.noticeMs ?? NOTICE_MS_DEFAULT),
    direction: readEnum(wire.FaultDirection, message.direction) ?? "BOTH",
    seed: message.seed,
  };
}

export function writeFault(fault: Fault): wire.Fault {
  return {
    faultId: fault.faultId,
    kind: writeEnum(wire.FaultKind, fault.kind),
    fleet: fault.fleet ?? "",
    region: fault.region ?? "",
    processId: fault.processId ?? "",
    ratio: fault.ratio,
    perHour: fault.perHour,
    afterMs: fault.afterMs,
    withinMs: fault.withinMs ?? 0,
    strikesMax: fault.strikesMax ?? 0,
    forMs: fault.forMs ?? 0,
    delayMs: fault.delayMs,
    jumpMs: fault.jumpMs,
    noticeMs: fault.noticeMs,
    direction: writeEnum(wire.FaultDirection, fault.direction),
    seed: fault.seed,
    strikes: fault.strikes,
  };
}
