// The mock fleet as a process: environment, adapters, signals.
import { join, resolve } from "node:path";
import { describeOwner, openServiceJournal } from "@muster/journal";
import { list, systemClock, systemRandom } from "@muster/kit";
import { makeFolder } from "@muster/kit/make-folder";
import { serveGrpc } from "@muster/proto/grpc";
import { openApiOf } from "@muster/proto/openapi";
import { openFront, readMusterFile, runService, serveHttpApi } from "@muster/service";
import { parseFleetConfig } from "./config.ts";
import { FLEET_VERSION } from "./fleet-app.ts";
import { fleetEnvironment } from "./fleet-environment.ts";
import { createMockFleet } from "./mock-fleet.ts";
import { createNodeProcesses } from "./node-processes.ts";
import { openBeacons } from "./ping/open-beacons.ts";
import { loadScripts } from "./simulated/load-scripts.ts";

await runService({
  name: "mock-fleet",
  environment: fleetEnvironment,
  async start({ env, log, onFatal }) {
    const data = resolve(env.MUSTER_DATA);
    const file = await readMusterFile(env.MUSTER_CONFIG);
    const config = parseFleetConfig(file, { debug: env.MUSTER_FLEET_DEBUG, watched: env.MUSTER_FLEET_WATCHED });
    makeFolder(data, 0o700);
    const [clock, random] = [systemClock, systemRandom];
    const hostAddress = env.MUSTER_FLEET_ENDPOINT ?? env.MUSTER_FLEET_BIND;
    const folder = join(data, "processes");
    const { MUSTER_ORPHAN_GRACE_MS: orphanGraceMs, MUSTER_MATCHERS: matchers, MUSTER_TAKE_OVER: takeOver } = env;
    const stack = new AsyncDisposableStack();
    const front = stack.use(
      await openFront({
        ...{ service: "mock-fleet", version: FLEET_VERSION, file, variables: env, env: process.env, clock, log },
      }),
    );
    const withheld = front.secretVariables;
    const processes = createNodeProcesses({ folder, orphanGraceMs, matchers, env: process.env, withheld, clock });
    const bind = front.checkBind("MUSTER_FLEET_BIND", env.MUSTER_FLEET_BIND);
    const journal = stack.use(openServiceJournal(env.MUSTER_JOURNAL, { data, service: "fleet" }));
    const onError = (error: unknown) => log.error({ error }, "A ping beacon met an error");
    const beacons = stack.use(await openBeacons(config.regions ?? [], { clock, random, onError }));
    const parts = {
      journal,
      clock,
      random,
      processes,
      config,
      hostAddress,
      log,
      onFatal,
      metrics: front.metrics,
      tracer: front.tracer,
      pings: beacons.pings,
    };
    const { MUSTER_LEASE_MS: leaseMs, MUSTER_SNAPSHOT_FACTS: snapshotEveryFacts } = env;
    const fleet = await createMockFleet({
      ...{ ...parts, owner: describeOwner(), takeOver, leaseMs },
      simulation: { scripts: await loadScripts(config), network: front.network, matchers: list(matchers) },
      ...(snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts }),
    });
    const onFault = (error: unknown, path: string) => log.error({ error, path }, "A call met a mistake of ours");
    const services = front.guard(fleet.services, fleet.readiness);
    const server = serveGrpc({ bind, services, tls: front.tls, connections: front.connections, onFault });
    const httpServer = serveHttpApi({
      ...{ bind: env.MUSTER_FLEET_HTTP, variable: "MUSTER_FLEET_HTTP", front, grpcBind: bind },
      usual: { grpc: "127.0.0.1:7420", http: "127.0.0.1:7421" },
      document: openApiOf.fleet,
      ...{
        services,
        readiness: fleet.readiness,
        origins: env.MUSTER_HTTP_ORIGINS,
        log,
        onFault,
        connectionsMax: env.MUSTER_HTTP_CONNECTIONS_MAX,
      },
    });
    const servers = Promise.all([server, httpServer]);
    const listening = servers.catch((error: unknown) => fleet[Symbol.asyncDispose]().then(() => Promise.reject(error)));
    for (const one of await listening) stack.use(one);
    // Ends first, while its sidecars can still report how their games end.
    stack.use(fleet);
    log.info({ address: bind, fleets: config.fleets.map((fleet) => fleet.name) }, "Serving");
    return stack;
  },
});
