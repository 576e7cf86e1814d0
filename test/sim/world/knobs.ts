// What makes one seed's world differ from another's: its size, its pace, its faults. Small limits and short times are drawn
// often, so that rare paths of production code are common here (README.md, "Knobs").
import { type Chance, createChance } from "../engine/chance.ts";
import { CALM, type Climate } from "../engine/sky.ts";
import { FAULT_KINDS, type FaultKind } from "./faults.ts";
import { drawFlavour, drawRushFlavour, type Flavour, PLAIN } from "./rule-sets.ts";

/** The rule sets that the world's configurations go by. */
export const RULE_SETS = ["open", "even", "duel"] as const;
export type RuleSetName = (typeof RULE_SETS)[number];

export type Knobs = {
  readonly servers: number;
  readonly concurrentSessions: number;
  readonly players: number;
  readonly backends: number;
  /** Share of them who queue where nobody is placed: they wait together, and are matched many at a time. */
  readonly rushRatio: number;
  /** Share of the others who queue where battles are filled for sure. */
  readonly churnRatio: number;
  /** Seats of one team; a battle has two. */
  readonly teamSize: number;
  /** Of each rule set what it asks for, and what it asks for at the times when the operator has put it otherwise. */
  readonly flavours: Readonly<Record<RuleSetName, readonly [Flavour, Flavour]>>;
  /** Whether arrivals wait for running battles of `auto` before they begin another. */
  readonly prefersRunning: boolean;
  /** How long a game of `auto` or `manual` has to approve of newcomers, in ms; undefined: it is not asked. */
  readonly approvalMs: number | undefined;
  /** Chance that it wants none of them. */
  readonly refusalRatio: number;
  /** Mean of a battle's length, of a player's rest between battles, and between an operator's actions, in ms. */
  readonly battleMs: number;
  readonly restMs: number;
  readonly operatorMs: number;
  /** Chances of a player, for each battle or ticket. */
  readonly leaveRatio: number;
  readonly disconnectRatio: number;
  readonly absentRatio: number;
  readonly cancelRatio: number;
  /** Chance of a battle that its game opens and closes to players as it likes. */
  readonly doorRatio: number;
  /** Share of players who queue where they are asked whether they want a match. */
  readonly askedRatio: number;
  /** How long players have to accept a match, where they are asked. */
  readonly acceptSeconds: number;
  readonly autoContinue: boolean;
  /** Chances of a player who is asked. */
  readonly refuseRatio: number;
  readonly silentRatio: number;
  /** Some seek others by queries. */
  readonly hasSeekers: boolean;
  /** Share of tickets that end with their owner's watch. */
  readonly presentRatio: number;
  /** Whether a hook is asked before tickets enter where most queue: what follows when it fails. Undefined: none is. */
  readonly hookOnFailure: "ADMIT" | "REFUSE" | undefined;
  /** Share of its questions that it does not answer. */
  readonly hookFaultRatio: number;
  /** How long a join key signs, in ms. 0: for ever. */
  readonly joinKeyMs: number;
  /** Mean time between two acts of somebody who seats players without the matcher, in ms. Infinite: there is nobody. */
  readonly outsiderMs: number;
  /** Share of what servers, players and backends do that they should not. */
  readonly mischiefRatio: number;
  /** How long a session takes to load, in ms, evenly from 0. */
  readonly loadMsMax: number;
  readonly requestTimeoutSeconds: number;
  readonly placementTimeoutSeconds: number;
  readonly activationSeconds: number;
  readonly reservationSeconds: number;
  readonly graceSeconds: number;
  /** Caps of the queue that knows both fleets, and what it ranks them by; undefined: production's. */
  readonly latencyCaps: readonly { readonly maxIndividualLatencyMs: number; readonly durationSeconds?: number }[];
  /** Of each fleet; undefined: production's. */
  readonly processesPerHost: number | undefined;
  readonly concurrentActivations: number | undefined;
  readonly protection: "NONE" | "FULL";
  /** The second fleet grows and shrinks with what is asked of it. */
  readonly isElastic: boolean;
  /** An operator makes fleets larger and smaller, drains them, and rolls builds out. */
  readonly movesFleets: boolean;
  /** A third fleet has servers inside the mock fleet, where only the lobby creates sessions. */
  readonly isSimulated: boolean;
  readonly priorities: readonly ("COST" | "LOCATION")[] | undefined;
  readonly hostSilentAfterMs: number;
  readonly hostLostAfterMs: number;
  readonly healthIntervalMs: number;
  readonly leaseMs: number;
  readonly settleMs: number;
  /** Of a round of matching; undefined: production's. */
  /** Tickets of a deleted configuration that are cancelled in one turn. Undefined: as many as there are. */
  readonly cancelledAtOnceMax: number | undefined;
  readonly roundLimits: { readonly decisions: number; readonly steps: number } | undefined;
  readonly climate: Climate;
  /** Longest that a disk takes to make something durable, in ms. */
  readonly diskMsMax: number;
  /** Of a file of the journal, about. */
  readonly segmentBytes: number;
  /** Facts between two snapshots. */
  readonly snapshotEveryFacts: number;
  /** Mean time between faults, in ms. */
  readonly faultMs: number;
  readonly faults: readonly FaultKind[];
};

/**
 * The world whose figures the README states: 10 servers, 100 players, battles of about ten minutes, everything else at
 * production's defaults, and nothing fails.
 */
export const REFERENCE: Knobs = {
  servers: 10,
  concurrentSessions: 1,
  players: 100,
  backends: 1,
  rushRatio: 0,
  churnRatio: 0,
  teamSize: 5,
  flavours: { open: [PLAIN, PLAIN], even: [PLAIN, PLAIN], duel: [PLAIN, PLAIN] },
  prefersRunning: false,
  approvalMs: undefined,
  refusalRatio: 0,
  battleMs: 600_000,
  restMs: 60_000,
  operatorMs: 60_000,
  leaveRatio: 0.2,
  disconnectRatio: 0.1,
  absentRatio: 0.02,
  cancelRatio: 0.05,
  doorRatio: 0,
  askedRatio: 0,
  acceptSeconds: 20,
  autoContinue: true,
  refuseRatio: 0.05,
  silentRatio: 0.02,
  hasSeekers: false,
  presentRatio: 0,
  hookOnFailure: undefined,
  hookFaultRatio: 0,
  joinKeyMs: 0,
  outsiderMs: Number.POSITIVE_INFINITY,
  mischiefRatio: 0,
  loadMsMax: 5_000,
  requestTimeoutSeconds: 60,
  placementTimeoutSeconds: 60,
  activationSeconds: 60,
  reservationSeconds: 60,
  graceSeconds: 60,
  latencyCaps: [],
  priorities: undefined,
  processesPerHost: undefined,
  concurrentActivations: undefined,
  protection: "NONE",
  isElastic: false,
  movesFleets: false,
  isSimulated: false,
  hostSilentAfterMs: 15_000,
  hostLostAfterMs: 120_000,
  healthIntervalMs: 5_000,
  leaseMs: 10_000,
  settleMs: 2_000,
  cancelledAtOnceMax: undefined,
  roundLimits: undefined,
  climate: CALM,
  diskMsMax: 2,
  segmentBytes: 8_388_608,
  snapshotEveryFacts: 100_000,
  faultMs: Number.POSITIVE_INFINITY,
  faults: [],
};

/** The world of a seed: small, fast and hostile. */
export function drawKnobs(seed: number): Knobs {
  const knobs = drawAnyKnobs(seed);
  const churn = createChance(seed, "churn");
  return knobs.rushRatio > 0 || !churn.happens(0.2) ? knobs : { ...knobs, ...drawChurn(churn, knobs) };
}

/** People come and go, and battles last: most of what happens are fills. */
function drawChurn(chance: Chance, { players, flavours, mischiefRatio }: Knobs): Partial<Knobs> {
  return {
    players: players + 6,
    churnRatio: 0.9,
    teamSize: 2 + chance.below(2),
    flavours: chance.happens(0.5) ? REFERENCE.flavours : flavours,
    approvalMs: chance.happens(0.3) ? undefined : chance.pick([1_000, 3_000]),
    battleMs: chance.between({ min: 20_000, max: 60_000 }),
    restMs: chance.between({ min: 500, max: 2_000 }),
    leaveRatio: chance.between({ min: 0.4, max: 0.9 }),
    disconnectRatio: chance.between({ min: 0.2, max: 0.6 }),
    absentRatio: chance.fraction() * 0.3,
    doorRatio: Math.max(0.5, mischiefRatio),
    ...(chance.happens(0.4) && { outsiderMs: chance.between({ min: 1_000, max: 3_000 }) }),
    reservationSeconds: chance.pick([2, 5]),
  };
}

function drawAnyKnobs(seed: number): Knobs {
  const chance = createChance(seed, "knobs");
  const often = <Value>(ratio: number, usual: Value, rare: Value) => (chance.happens(ratio) ? usual : rare);
  const mischiefRatio = createChance(seed, "mischief").happens(0.5) ? 0.05 : 0.3;
  const hostSilentAfterMs = often(0.5, 3_000, 1_000);
  const isRush = createChance(seed, "rush").happens(0.15);
  const approval = createChance(seed, "approval");
  const outsider = createChance(seed, "outsider");
  return {
    servers: 2 + chance.below(4),
    concurrentSessions: often(0.7, 1, 3),
    players: (isRush ? 14 : 6) + chance.below(12),
    backends: 1 + chance.below(3),
    rushRatio: isRush ? 0.8 : 0,
    churnRatio: 0,
    teamSize: isRush ? 3 : 1 + chance.below(3),
    flavours: drawFlavours(createChance(seed, "flavours"), isRush),
    prefersRunning: often(0.8, false, true),
    approvalMs: approval.happens(0.6) ? undefined : approval.pick([100, 1_000, 3_000]),
    refusalRatio: approval.fraction() * 0.4,
    battleMs: chance.between({ min: 4_000, max: 40_000 }),
    restMs: chance.between({ min: 500, max: isRush ? 2_000 : 6_000 }),
    operatorMs: chance.between({ min: 4_000, max: 30_000 }),
    leaveRatio: chance.fraction() * 0.6,
    disconnectRatio: chance.fraction() * 0.4,
    absentRatio: chance.fraction() * 0.2,
    cancelRatio: isRush ? 0.5 : chance.fraction() * 0.4,
    doorRatio: mischiefRatio,
    outsiderMs: outsider.happens(0.3) ? outsider.between({ min: 1_000, max: 6_000 }) : Number.POSITIVE_INFINITY,
    mischiefRatio,
    ...drawAcceptance(createChance(seed, "acceptance")),
    hasSeekers: createChance(seed, "seekers").happens(0.3),
    presentRatio: createChance(seed, "presence").happens(0.4) ? 0.5 : 0,
    ...drawHooks(createChance(seed, "hooks")),
    loadMsMax: often(0.7, 500, 4_000),
    requestTimeoutSeconds: often(0.6, 30, 4),
    placementTimeoutSeconds: often(0.7, 20, 3),
    activationSeconds: often(0.7, 5, 1),
    reservationSeconds: often(0.7, 10, 2),
    graceSeconds: often(0.7, 6, 1),
    ...drawQueue(createChance(seed, "queue")),
    isSimulated: createChance(seed, "simulated").happens(0.4),
    hostSilentAfterMs,
    hostLostAfterMs: hostSilentAfterMs * 4,
    healthIntervalMs: often(0.7, 1_000, 5_000),
    leaseMs: often(0.5, 3_000, 1_000),
    settleMs: isRush ? 1_500 : often(0.5, 100, 0),
    roundLimits: often(isRush ? 0.2 : 0.6, undefined, { decisions: 2, steps: 100 }),
    cancelledAtOnceMax: createChance(seed, "deletions").happens(0.6) ? 1 : undefined,
    climate: drawClimate(chance),
    diskMsMax: isRush ? 60 : often(0.7, 4, 60),
    segmentBytes: often(0.5, 262_144, 4_096),
    snapshotEveryFacts: often(0.6, 20 + chance.below(80), 5),
    faultMs: chance.between({ min: 1_500, max: 12_000 }),
    // A few kinds together find what all at once drown.
    faults: FAULT_KINDS.filter(() => chance.happens(0.45)),
  };
}

function drawAcceptance(
  chance: Chance,
): Pick<Knobs, "askedRatio" | "acceptSeconds" | "autoContinue" | "refuseRatio" | "silentRatio"> {
  return {
    askedRatio: chance.happens(0.25) ? 0.7 : 0,
    acceptSeconds: chance.pick([2, 6, 6, 15]),
    autoContinue: chance.happens(0.7),
    refuseRatio: chance.fraction() * 0.3,
    silentRatio: chance.fraction() * 0.15,
  };
}

type FleetKnob = "processesPerHost" | "concurrentActivations" | "protection" | "isElastic" | "movesFleets";

function drawQueue(chance: Chance): Pick<Knobs, "latencyCaps" | "priorities" | FleetKnob> {
  const low = { maxIndividualLatencyMs: chance.pick([30, 60, 100]), durationSeconds: chance.pick([1, 2, 4]) };
  const high = { maxIndividualLatencyMs: chance.pick([250, 1_000]) };
  return {
    latencyCaps: chance.happens(0.7) ? [] : [low, high],
    processesPerHost: chance.happens(0.5) ? undefined : 2,
    concurrentActivations: chance.happens(0.7) ? undefined : 1,
    protection: chance.happens(0.5) ? "FULL" : "NONE",
    isElastic: chance.happens(0.3),
    movesFleets: chance.happens(0.4),
    priorities: chance.happens(0.7) ? undefined : [chance.pick(["COST", "LOCATION"] as const)],
  };
}

function drawFlavours(chance: Chance, isRush: boolean): Knobs["flavours"] {
  // A quarter of all worlds are plain: what has nothing to do with rules must not be rarer for them.
  if (!isRush && chance.happens(0.25)) return REFERENCE.flavours;
  const draw = () => {
    const first = drawFlavour(chance);
    const needsRank = chance.happens(0.3);
    return [first, chance.happens(0.5) ? { ...first, needsRank } : { ...drawFlavour(chance), needsRank }] as const;
  };
  const rush = drawRushFlavour(chance);
  return { open: isRush ? [rush, rush] : draw(), even: draw(), duel: draw() };
}

function drawClimate(chance: Chance): Climate {
  if (chance.happens(0.25)) return CALM;
  const rare = () => (chance.happens(0.5) ? 0 : chance.fraction() * 0.03);
  return {
    delayMs: chance.between({ min: 1, max: 30 }),
    slowRatio: chance.fraction() * 0.1,
    slowMs: chance.between({ min: 50, max: 3_000 }),
    lossRatio: rare(),
    breakRatio: rare() / 3,
    repeatRatio: rare(),
  };
}

/** Whether a hook is asked, and how often there is another join key. */
function drawHooks(chance: Chance): Pick<Knobs, "hookOnFailure" | "hookFaultRatio" | "joinKeyMs"> {
  const hookOnFailure = chance.happens(0.35) ? chance.pick(["ADMIT", "REFUSE"] as const) : undefined;
  const hookFaultRatio = chance.happens(0.5) ? 0.1 : 0.4;
  return {
    hookOnFailure,
    hookFaultRatio,
    joinKeyMs: chance.happens(0.5) ? 0 : chance.between({ min: 4_000, max: 30_000 }),
  };
}
