// Every target. One that stands here is on the command line and in the short run of the tests.
import type { Target } from "./target.ts";
import { attributes } from "./targets/attributes.ts";
import { codecs } from "./targets/codecs.ts";
import { facts } from "./targets/facts.ts";
import { musterFile } from "./targets/muster-file.ts";
import { ruleSet } from "./targets/rule-set.ts";

export const allTargets: readonly Target[] = [attributes, codecs, facts, musterFile, ruleSet];
