// All planted faults, by name.
import { acceptanceFaults } from "./acceptance-faults.ts";
import { approvalFaults } from "./approval-faults.ts";
import { backfillFaults } from "./backfill-faults.ts";
import { configurationFaults } from "./configuration-faults.ts";
import { engineFaults } from "./engine-faults.ts";
import { eventFaults } from "./event-faults.ts";
import { fleetFaults } from "./fleet-faults.ts";
import { joinFaults } from "./join-faults.ts";
import { journalFaults } from "./journal-faults.ts";
import { matcherFaults } from "./matcher-faults.ts";
import { outsiderFaults } from "./outsider-faults.ts";
import { partyFaults } from "./party-faults.ts";
import type { PlantedFault } from "./planted-fault.ts";
import { presenceFaults } from "./presence-faults.ts";
import { queryFaults } from "./query-faults.ts";

export const BANK: readonly PlantedFault[] = [
  ...matcherFaults,
  ...acceptanceFaults,
  ...partyFaults,
  ...presenceFaults,
  ...joinFaults,
  ...queryFaults,
  ...engineFaults,
  ...configurationFaults,
  ...fleetFaults,
  ...approvalFaults,
  ...backfillFaults,
  ...outsiderFaults,
  ...journalFaults,
  ...eventFaults,
];

/** @throws {RangeError} if there is none of that name. */
export function getFault(name: string): PlantedFault {
  const fault = BANK.find((one) => one.name === name);
  if (fault) return fault;
  throw new RangeError(`Cannot plant "${name}" as the bank has none of that name`);
}
