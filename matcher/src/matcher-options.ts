// What a matcher is made of and from: its journal, its network, its configuration, and what else may be set of it.
import type { Journal } from "@muster/journal";
import type { Clock, Metrics, Random, Secret } from "@muster/kit";
import type { Tracer } from "@muster/kit/trace";
import type { Network } from "@muster/proto/rpc";
import type { Log, Retention } from "@muster/service";
import type { MatcherConfig } from "./config.ts";
import type { RoundLimits } from "./core/round.ts";
import type { EventPush } from "./events/event-push.ts";
import type { HookCaller } from "./hooks/hook-caller.ts";
import type { JoinTokenOptions } from "./join-tokens/open-join-tokens.ts";

export type MatcherOptions = {
  /** Holds everything the matcher has decided. Not closed by the matcher. */
  readonly journal: Journal;
  readonly clock: Clock;
  /** Where ids and secrets are drawn: `systemRandom` in a real run. */
  readonly random: Random;
  readonly network: Network;
  /** Whose tickets and battles these are: leads the names of its partitions in the journal. Default: `default`. */
  readonly project?: string;
  /** "host:port" of the fleet. */
  readonly fleetAddress: string;
  /** What its calls to the fleet carry. Default: nothing. */
  readonly fleetKey?: Secret | undefined;
  /** Address of this matcher's gRPC server as sidecars reach it. */
  readonly endpoint: string;
  /** Whom the fleet knows the placements of this matcher by; the same after each restart. */
  readonly owner: string;
  /** Rule sets and configurations to put at the start, if they differ from what is there. */
  readonly config: MatcherConfig;
  /** How long what is over is remembered. Default: that of muster.json. */
  readonly retention?: Retention;
  readonly log: Log;
  /** Where it counts what happens. Default: nowhere. */
  readonly metrics?: Metrics | undefined;
  /** Where it tells what became of tickets. Default: nowhere. */
  readonly tracer?: Tracer | undefined;
  /** The journal is lost or the program contradicts itself: the process should stop. */
  readonly onFatal: (error: unknown) => void;
  /** Take the journal over from an owner whose lease is fresh. Default false. */
  readonly takeOver?: boolean;
  /** How long the lease on the journal stays fresh, in ms. Default 10,000. */
  readonly leaseMs?: number;
  /** Facts after which the state is written down anew. Default: 50,000, or half as many as there are tickets. */
  readonly snapshotEveryFacts?: number;
  /** What one round of matching may do before calls get their turn. Default: some 5 ms of work. */
  readonly roundLimits?: RoundLimits;
  /** How join tokens that are redeemed are verified, and how long a key signs. Default: by Node's own, for 30 days. */
  readonly joinTokens?: JoinTokenOptions;
  /** Tickets of a deleted configuration that are cancelled in one turn. Default: some 5 ms of work. */
  readonly cancelledAtOnceMax?: number;
  /** How hooks of the user's are asked. Default: there are none. */
  readonly hooks?: HookCaller;
  /** Where events are pushed to, and how. Default: no events are pushed. */
  readonly events?: EventPush;
  /** Who holds the lease on the journal: unique to this run. Default: `owner`. */
  readonly leaseHolder?: string;
};
