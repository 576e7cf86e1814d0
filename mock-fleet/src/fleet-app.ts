// What the RPCs stand on: the parts that mock-fleet.ts puts together.
import type { Clock } from "@muster/kit";
import type { Log } from "@muster/service";
import type { Approvals } from "./approvals.ts";
import type { Attachments } from "./attachments.ts";
import type { Feed } from "./core/feed.ts";
import type { Viewer } from "./core/project.ts";
import type { Erasures } from "./erasures.ts";
import type { FaultDriver } from "./faults/fault-driver.ts";
import type { HostLines } from "./faults/host-lines.ts";
import type { FeedReaders } from "./feed-readers.ts";
import type { FleetRunner } from "./fleet-runner.ts";
import type { FleetTime } from "./fleet-time.ts";
import type { ServerProcesses } from "./ports.ts";
import type { Traceparents } from "./trace-fleet.ts";

export type FleetApp = {
  readonly runner: FleetRunner;
  /** In whose name it is asked. Undefined: in everybody's. */
  readonly viewer?: Viewer | undefined;
  readonly attachments: Attachments;
  readonly approvals: Approvals;
  readonly feed: Feed;
  readonly feedReaders: FeedReaders;
  readonly erasures: Erasures;
  readonly processes: ServerProcesses;
  readonly lines: HostLines;
  readonly faults: FaultDriver;
  readonly clock: Clock;
  /** For what is of the machine and its connections, however the fleet's own time goes. */
  readonly machineClock: Clock;
  /** Undefined: the fleet goes by the machine's clock. */
  readonly time: FleetTime | undefined;
  readonly log: Log;
  /** What sidecars are told of traces. Undefined: nothing. */
  readonly traceparents: Traceparents | undefined;
};

/** Of this build, told to sidecars. */
export const FLEET_VERSION = "0.1.0";
