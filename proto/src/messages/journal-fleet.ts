// The one door to the generated messages of the fleet's facts and snapshots in muster.journal.v1.
export * from "../../gen/muster/journal/v1/fleet_facts.ts";
export * from "../../gen/muster/journal/v1/fleet_snapshot.ts";
