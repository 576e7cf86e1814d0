// The fleet as a caller of one project has it: every decision and answer is made on what that project may see.
import { type CallContext, PROJECT_ALL, PROJECT_DEFAULT } from "@muster/proto/rpc";
import type { Moment } from "./core/decision.ts";
import { configFor, stateFor, type Viewer } from "./core/project.ts";
import type { FleetApp } from "./fleet-app.ts";
import type { FleetRunner } from "./fleet-runner.ts";

/** In whose name the call looks. Undefined: in everybody's, where nobody is asked, or by a key for all. */
export function viewerOf({ caller, project: said }: Pick<CallContext, "caller" | "project">): Viewer | undefined {
  const project = caller ? caller.project : said;
  if (project === undefined || project === PROJECT_ALL) return undefined;
  return { project: project === PROJECT_DEFAULT ? undefined : project };
}

/** The app for one call. */
export function inProject(app: FleetApp, context: Pick<CallContext, "caller" | "project">): FleetApp {
  const viewer = viewerOf(context);
  return viewer ? { ...app, viewer, runner: runnerFor(app.runner, viewer) } : app;
}

function runnerFor(runner: FleetRunner, viewer: Viewer): FleetRunner {
  const config = configFor(runner.config, viewer);
  const momentOf = (moment: Moment): Moment => (config === moment.config ? moment : { ...moment, config });
  return {
    config,
    get state() {
      return stateFor(runner.state, viewer, runner.config);
    },
    get durablePosition() {
      return runner.durablePosition;
    },
    decide: (decide, options) =>
      runner.decide((state, moment) => decide(stateFor(state, viewer, runner.config), momentOf(moment)), options),
    act: runner.act,
    read: (select) => runner.read((state, moment) => select(stateFor(state, viewer, runner.config), momentOf(moment))),
    onCommitted: runner.onCommitted,
    nowMs: runner.nowMs,
    wallOf: runner.wallOf,
    stopLaunching: runner.stopLaunching,
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}
