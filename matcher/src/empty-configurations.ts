// Cancels those who still search by a configuration that was deleted, some at a time, so that nobody else waits for all of them: what a
// former run had begun too.
import { decideEmptyConfiguration, searchesLeftBy } from "./core/delete-configuration.ts";
import { createKeyedWork, type KeyedWork } from "./keyed-work.ts";
import { record, type Workshop } from "./workshop.ts";

/** Each configuration is poked when its deletion is durable. `atOnceMax`: tickets of one turn. */
export function createEmptyConfigurations(workshop: Workshop, atOnceMax: number): KeyedWork<string> {
  const { ledger, clock, onFatal } = workshop;
  return createKeyedWork(async (name, signal) => {
    const left = searchesLeftBy(ledger.state, name);
    for (let first = 0; first < left.length; first += atOnceMax) {
      const some = left.slice(first, first + atOnceMax);
      // It may have been put again meanwhile: then they are cancelled already.
      await record(workshop, (state) => decideEmptyConfiguration(state, state.configurations.has(name) ? [] : some));
      await clock.sleep(0, signal);
    }
  }, onFatal);
}
