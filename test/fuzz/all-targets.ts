// Every target. One that stands here is on the command line and in the short run of the tests.
import type { Target } from "./target.ts";
import { attributes } from "./targets/attributes.ts";
import { calls } from "./targets/calls.ts";
import { codecs } from "./targets/codecs.ts";
import { facts } from "./targets/facts.ts";
import { hostileFleetMatcher, hostileFleetSidecar } from "./targets/fleet-clients.ts";
import { frames } from "./targets/frames.ts";
import { jsonMessages } from "./targets/json-messages.ts";
import { matching } from "./targets/matching.ts";
import { musterFile } from "./targets/muster-file.ts";
import { population } from "./targets/population.ts";
import { queries } from "./targets/queries.ts";
import { ruleSet } from "./targets/rule-set.ts";
import { backendSdk, gameSdk } from "./targets/sdk.ts";
import { sessionSearch } from "./targets/session-search.ts";

export const allTargets: readonly Target[] = [
  attributes,
  backendSdk,
  calls,
  codecs,
  facts,
  frames,
  gameSdk,
  hostileFleetMatcher,
  jsonMessages,
  matching,
  musterFile,
  population,
  queries,
  ruleSet,
  sessionSearch,
  hostileFleetSidecar,
];
