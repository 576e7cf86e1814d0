// The simulation as a script of its own, as it is large: in a worker where the browser gives one, in the page where it does not,
// as for a site that was opened from a disk.
import { z } from "zod";
import { type Simulated, simulatePopulation } from "./simulation.ts";

// It would try whether code can be made from text, which the pages forbid.
z.config({ jitless: true });

type Place = {
  readonly document?: unknown;
  musterSimulate?: typeof simulatePopulation;
  onmessage?: (event: { readonly data: Simulated }) => void;
  postMessage(message: unknown): void;
};
const place = globalThis as unknown as Place;

if (place.document === undefined) place.onmessage = ({ data }) => place.postMessage(simulatePopulation(data));
else place.musterSimulate = simulatePopulation;
