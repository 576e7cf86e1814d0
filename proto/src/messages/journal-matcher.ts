// The one door to the generated facts and snapshots of the matcher's journal.
export * from "../../gen/muster/journal/v1/event_facts.ts";
export * from "../../gen/muster/journal/v1/matcher_facts.ts";
export * from "../../gen/muster/journal/v1/matcher_snapshot.ts";
