// What the folds take: a fact of one type.
import type { FleetFact } from "../fleet-fact.ts";

export type Fact<Type extends FleetFact["type"]> = Extract<FleetFact, { readonly type: Type }>;
