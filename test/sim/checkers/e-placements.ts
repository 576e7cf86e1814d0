// E-PLACEMENTS: a watcher of placements hears of each from its start, step by step, each attempt once and nothing after its end,
// over any number of broken streams; and nothing that is not a fact.
import type { Placement, WatchPlacementsResponse } from "@muster/proto/fleet";
import { PlacementState } from "@muster/proto/fleet";
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "E-PLACEMENTS";

type Heard = { readonly attempts: number; readonly isOver: boolean };
type Watcher = { readonly heard: Map<string, Heard>; isSnapshot: boolean };

export function ePlacements(books: Books): Checker {
  const watchers = new Map<string, Watcher>();
  const checkStep = (name: string, watcher: Watcher, placement: Placement) => {
    const { placementId: id, attempts, state } = placement;
    const before = watcher.heard.get(id);
    const isOver = state !== PlacementState.PENDING;
    if (before?.isOver) throw new BrokenPromise(NAME, `${name} hears of ${id} after its end`);
    if (!before && !watcher.isSnapshot && (attempts > 0 || isOver)) {
      throw new BrokenPromise(NAME, `${name} hears of ${id} first after its start`);
    }
    const next = isOver ? before?.attempts : (before?.attempts ?? -1) + 1;
    if (!watcher.isSnapshot && attempts !== next) {
      throw new BrokenPromise(NAME, `${name} hears of attempt ${attempts} of ${id} after ${before?.attempts}`);
    }
    watcher.heard.set(id, { attempts, isOver });
    const entry = books.fleet.placements.get(id);
    if (!entry || attempts > entry.tried.size || (isOver && entry.end === undefined)) {
      throw new BrokenPromise(NAME, `${name} hears what is no fact: ${id} has had ${attempts} attempts`);
    }
  };
  const see = (name: string, { event }: WatchPlacementsResponse) => {
    const watcher = watchers.get(name);
    if (!watcher) return;
    if (event?.$case === "snapshotBegin") {
      watcher.heard.clear();
      watcher.isSnapshot = true;
    }
    if (event?.$case === "snapshotEnd") watcher.isSnapshot = false;
    if (event?.$case === "placement") checkStep(name, watcher, event.value);
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "placement-watch" && !watchers.has(observation.watcher)) {
        watchers.set(observation.watcher, { heard: new Map(), isSnapshot: false });
      }
      if (observation.type === "placement-event") see(observation.watcher, observation.event);
    },
    end() {
      if (books.healedMs === undefined) return;
      for (const [name, { heard }] of watchers) {
        for (const [id, { isOver }] of heard) {
          if (!isOver) throw new BrokenPromise(NAME, `${name} has never heard of the end of ${id}`);
        }
      }
    },
  };
}
