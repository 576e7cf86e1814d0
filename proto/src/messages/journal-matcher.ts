// The one door to the generated facts of the matcher's journal.
export * from "../../gen/muster/journal/v1/matcher_facts.ts";
