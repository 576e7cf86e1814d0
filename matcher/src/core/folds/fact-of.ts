// What the folds of facts take: a fact of one type, and when it was stored.
import type { MatcherFact, StampedFact } from "../fact.ts";

export type Times = Pick<StampedFact, "sequence" | "atMs" | "atWallMs">;
export type Fact<Type extends MatcherFact["type"]> = Extract<MatcherFact, { type: Type }>;
