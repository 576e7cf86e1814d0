// The matcher's process: environment, adapters, signals.
import { describeOwner, openServiceJournal } from "@muster/journal";
import { systemClock, systemRandom } from "@muster/kit";
import { serveGrpc } from "@muster/proto/grpc";
import { openApiOf } from "@muster/proto/openapi";
import { openFront, readMusterFile, readRetention, runService, serveHttpApi } from "@muster/service";
import { matcherEnvironment } from "./environment.ts";
import { createDialRules } from "./events/dial-rules.ts";
import { createGotPoster } from "./events/got-poster.ts";
import { verifyByJose } from "./join-tokens/jose-verifier.ts";
import { MATCHER_VERSION } from "./matcher.ts";
import { startProjects } from "./start-projects.ts";

await runService({
  name: "matcher",
  environment: matcherEnvironment,
  async start({ env, log, onFatal }) {
    await using opened = new AsyncDisposableStack();
    const file = await readMusterFile(env.MUSTER_CONFIG);
    const retention = readRetention(file);
    const journal = opened.use(openServiceJournal(env.MUSTER_JOURNAL, { data: env.MUSTER_DATA, service: "matcher" }));
    const front = opened.use(
      await openFront({
        ...{
          service: "matcher",
          version: MATCHER_VERSION,
          file,
          variables: env,
          env: process.env,
          clock: systemClock,
          log,
        },
      }),
    );
    const bind = front.checkBind("MUSTER_MATCHER_BIND", env.MUSTER_MATCHER_BIND);
    const poster = opened.use(createGotPoster(createDialRules(env.MUSTER_EVENT_NETWORKS)));
    const matcher = opened.use(
      await startProjects({
        ...{ file, projects: front.projects, journal, retention, log, onFatal },
        ...{
          clock: systemClock,
          random: systemRandom,
          network: front.network,
          metrics: front.metrics,
          tracer: front.tracer,
        },
        fleetAddress: env.MUSTER_FLEET_ADDRESS,
        fleetKey: env.MUSTER_FLEET_KEY,
        endpoint: env.MUSTER_MATCHER_ENDPOINT ?? bind,
        owner: env.MUSTER_MATCHER_OWNER,
        events: { poster, keepMs: retention.eventsMs },
        joinTokens: { verify: verifyByJose },
        leaseHolder: describeOwner(),
        takeOver: env.MUSTER_TAKE_OVER,
        leaseMs: env.MUSTER_LEASE_MS,
        ...(env.MUSTER_SNAPSHOT_FACTS === undefined ? {} : { snapshotEveryFacts: env.MUSTER_SNAPSHOT_FACTS }),
      }),
    );
    const onFault = (error: unknown, path: string) => log.error({ error, path }, "A handler made a mistake");
    const services = front.guard(matcher.services, matcher.readiness);
    const server = opened.use(
      await serveGrpc({ bind, services, tls: front.tls, connections: front.connections, onFault }),
    );
    opened.use(
      await serveHttpApi({
        ...{ bind: env.MUSTER_MATCHER_HTTP, variable: "MUSTER_MATCHER_HTTP", front, grpcBind: bind },
        usual: { grpc: "127.0.0.1:7410", http: "127.0.0.1:7411" },
        document: openApiOf.matcher,
        pages: { "/.well-known/jwks.json": { type: "application/jwk-set+json", body: matcher.joinKeySet } },
        ...{
          services,
          readiness: matcher.readiness,
          origins: env.MUSTER_HTTP_ORIGINS,
          log,
          onFault,
          connectionsMax: env.MUSTER_HTTP_CONNECTIONS_MAX,
        },
      }),
    );
    log.info({ address: server.address }, "Listening");
    return opened.move();
  },
});
