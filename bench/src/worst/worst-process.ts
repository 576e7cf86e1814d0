// The matcher that gets the worst bodies, alone in a process that says how long its event loop was held by them.
import { createMemoryJournal } from "@muster/journal";
import { systemClock, systemRandom } from "@muster/kit";
import { createMatcher, emptyConfig } from "@muster/matcher";
import { grpcNetwork, serveGrpc } from "@muster/proto/grpc";
import { serveHttp } from "@muster/proto/http";
import { silentLog } from "@muster/service";

// Whoever started us is gone, however: nobody needs us any more.
process.on("disconnect", () => process.exit(0));

const fatal = (error: unknown) => {
  throw error;
};
const matcher = await createMatcher({
  ...{ journal: createMemoryJournal(), clock: systemClock, random: systemRandom, log: silentLog, network: grpcNetwork },
  // Nobody is there: nothing is placed.
  ...{ fleetAddress: "127.0.0.1:1", endpoint: "127.0.0.1:7410", owner: "matcher", config: emptyConfig, onFatal: fatal },
});
const { services } = matcher;
const grpc = await serveGrpc({ bind: "127.0.0.1:0", services, onFault: fatal, drainMs: 0 });
const http = await serveHttp({ bind: "127.0.0.1:0", services, onFault: fatal, drainMs: 0 });

/**
 * Longest turn of the event loop since the last question, in ms: by the main thread's own processor time where that is less than the
 * wall's, so that a process that waits for a processor blocks nobody.
 */
let longestMs = 0;
let isWatching = false;
const watch = () => {
  const startedMs = performance.now();
  const cpu = process.threadCpuUsage();
  setImmediate(() => {
    const { user, system } = process.threadCpuUsage(cpu);
    longestMs = Math.max(longestMs, Math.min(performance.now() - startedMs, (user + system) / 1_000));
    if (isWatching) watch();
  });
};

process.on("message", (ask: "begin" | "end") => {
  if (ask === "begin") {
    longestMs = 0;
    if (!isWatching) {
      isWatching = true;
      watch();
    }
  } else isWatching = false;
  process.send?.({ longestMs });
});
process.send?.({ grpc: grpc.address, http: http.address });
