// What a fault is: something that is done to the world, and what makes it whole again after a while or when all is healed.
import type { Clock } from "@muster/kit";
import type { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import type { Client } from "@muster/proto/rpc";
import type { Chance } from "../../engine/chance.ts";
import type { Dial, Life } from "../../engine/life.ts";
import type { Sky } from "../../engine/sky.ts";
import type { Backends } from "../backends.ts";
import type { ServerPark } from "../server-park.ts";
import type { Service } from "../services.ts";

/** All that can be harmed. */
export type Victims = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly services: readonly Service[];
  /** How the clocks of the services' machines go, by the service's name. */
  readonly dials: Readonly<Record<Service["name"], Dial>>;
  readonly park: ServerPark;
  readonly backends: Backends;
  readonly sky: Sky;
  /** The mock fleet, as its operator asks it. */
  readonly fleetOperator: Client<typeof MockFleetServiceDefinition>;
  /** Something went wrong that nobody did. */
  readonly fail: (error: unknown) => void;
  /** The process stands still for so long. */
  readonly pause: (life: Life, pauseMs: number) => void;
  /** Makes it whole again after `afterMs`, or at once when everything is healed. */
  readonly later: (afterMs: number, mend: () => void) => void;
};

/** Harms something and says what, or finds nothing to harm. */
export type Fault = (victims: Victims) => string | undefined;
