// A snapshot is the state: what was restored decides, remembers and tells the same as what was captured, for ever after.
import { MusterError } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { evolve } from "../core/evolve.ts";
import { createFleetState, type FleetFold } from "../core/fleet-state.ts";
import { changePlacement, type Placement } from "../core/placement.ts";
import { hasty, hastyFleet, type Step, steps, takeStep } from "../core/random-history.fixture.ts";
import { createRehearsal, type Rehearsal } from "../core/rehearsal.ts";
import { captureFleet } from "./capture-fleet.ts";
import { digestFleetState, fleetSnapshotCodec } from "./fleet-snapshot.ts";
import { restoreFleet } from "./restore-fleet.ts";

function takeAll(world: Rehearsal, all: readonly Step[], firstSerial = 0): void {
  for (const [index, step] of all.entries()) {
    try {
      takeStep(world, step, firstSerial + index);
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
    }
  }
}

function fold(state: FleetFold, world: Rehearsal, from: number, to: number): FleetFold {
  for (let index = from; index < to; index += 1) {
    const fact = world.facts[index];
    if (fact) evolve(state, fact, { sequence: index + 1, timeMs: world.timesMs[index] ?? 0 });
  }
  return state;
}

async function* stream(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Uint8Array.from(chunk);
}

const restored = (state: FleetFold) => restoreFleet(stream(captureFleet(state)));

const history = fc.record({ all: steps, share: fc.nat(100) });

test("M-DETERMINISTIC: a snapshot and the facts after it make the state that all facts make", async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ all, share }) => {
      const world = createRehearsal({ ...hasty });
      takeAll(world, all);
      const end = world.facts.length;
      const cut = Math.floor((end * share) / 100);
      const whole = digestFleetState(fold(createFleetState(), world, 0, end));
      const halfway = await restored(fold(createFleetState(), world, 0, cut));
      expect(digestFleetState(fold(halfway, world, cut, end))).toBe(whole);
      expect(digestFleetState(world.state)).toBe(whole);
      expect(digestFleetState(await restored(world.state))).toBe(whole);
    }),
    { numRuns: 150 },
  );
});

test("a restored fleet goes on as the one that was captured would have", async () => {
  await fc.assert(
    fc.asyncProperty(history, steps, async ({ all }, more) => {
      const before = createRehearsal({ ...hasty });
      takeAll(before, all);
      const again = await restored(before.state);
      const runs = [before.state, again].map((state) => {
        const world = createRehearsal({ ...hasty, seed: 2, after: { state, before } });
        takeAll(world, more, 1_000);
        world.pass(72 * 3_600_000);
        return world;
      });
      expect(runs[1]?.facts).toEqual(runs[0]?.facts);
      expect(runs[1]?.timesMs).toEqual(runs[0]?.timesMs);
      const [first, second] = runs.map(({ state }) => digestFleetState(state));
      expect(second).toBe(first);
    }),
    { numRuns: 100 },
  );
});

test("the fold goes on beneath a snapshot that is being written, and does not show in it", () => {
  fc.assert(
    fc.property(steps, steps, (all, more) => {
      const world = createRehearsal({ ...hasty });
      takeAll(world, all);
      const atOnce = Buffer.concat([...captureFleet(world.state)]);
      const chunks = captureFleet(world.state);
      takeAll(world, more, 1_000);
      expect(Buffer.concat([...chunks]).equals(atOnce)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("every part of the state comes back as it was", async () => {
  const world = createRehearsal({ ...hasty, fleets: [{ ...hastyFleet, processes: 4 }] });
  world.act(() => [{ type: "opened", journalId: "journal_1" }]);
  fc.assert(
    fc.property(steps, (all) => takeAll(world, all, world.facts.length)),
    { numRuns: 5, seed: 3 },
  );
  const whole = fold(createFleetState(), world, 0, world.facts.length);
  const again = await restored(world.state);
  const {
    agenda: _,
    ended: __,
    captures: ___,
    sessions,
    placements,
    pendingPlacements,
    answeredCommands,
    ...rest
  } = whole;
  expect(again).toMatchObject(rest);
  expect(sessions.size).toBeGreaterThan(0);
  expect([...again.pendingPlacements.keys()]).toEqual([...pendingPlacements.keys()]);
  expect([...again.sessions.keys()]).toEqual([...sessions.keys()]);
  for (const [id, session] of sessions) {
    const { ownedSince: ____, battle, changes, seats, requests, ...plain } = session;
    const one = again.sessions.get(id);
    expect(one).toMatchObject(plain);
    expect([one?.battle, one?.changes, one?.requests]).toEqual([battle, changes, requests]);
    expect([...(one?.seats ?? [])]).toEqual([...seats]);
  }
  for (const [id, placement] of placements) {
    expect(changePlacement(again.placements.get(id) as Placement, {})).toEqual(placement);
  }
  for (const [id, { results }] of answeredCommands) {
    expect([...(again.answeredCommands.get(id)?.results ?? [])]).toEqual([...results]);
  }
});

test("a damaged snapshot is refused", async () => {
  const bytes = Buffer.concat([...captureFleet(createRehearsal().state)]);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  await expect(fleetSnapshotCodec.restore(stream([bytes]))).rejects.toMatchObject({ reason: "JOURNAL_UNREADABLE" });
});
