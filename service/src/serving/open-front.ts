// What stands between a service and everybody else, in one place: keys, certificates, and where it may listen. Each server that the
// process opens, for gRPC or HTTP, takes its options from here, and each call that it makes leaves through the network here.
import { type Clock, createMetrics, type Environment, METRICS_CONTENT_TYPE, type Metrics } from "@muster/kit";
import { openTracer, type Tracer } from "@muster/kit/trace";
import { MusterError } from "@muster/proto";
import {
  type ConnectionOptions,
  createGrpcNetwork,
  type TlsMaterial,
  type TlsSource,
  tlsPathsOf,
  validUntilMs,
  watchTlsFiles,
} from "@muster/proto/grpc";
import type { Pages } from "@muster/proto/http";
import type { CallContext, Implementation, Network, Role } from "@muster/proto/rpc";
import { type Guard, openGuard } from "../access/open-guard.ts";
import type { MusterFile } from "../config/muster-file.ts";
import type { Log } from "../log.ts";
import { measureServices } from "../observe/measure-services.ts";
import { measureProcess } from "../observe/process-metrics.ts";
import { createStatusService } from "../observe/status-service.ts";
import type { serviceEnvironment } from "../service-environment.ts";
import { checkBind } from "./check-bind.ts";

export type OpenFrontOptions = {
  /** Of the service, for its metrics. */
  readonly service: string;
  readonly version: string;
  readonly file: MusterFile;
  readonly variables: Environment<typeof serviceEnvironment>;
  /** Where keys are read that `file` names by a variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
};

export interface Front extends AsyncDisposable {
  /** For what the service calls itself. */
  readonly network: Network;
  /** What its servers show. Undefined: they speak plain text. */
  readonly tls: TlsSource | undefined;
  /** How many its gRPC server takes, and who hears that they are too many. */
  readonly connections: ConnectionOptions;
  /** Where it tells what became of tickets. Undefined: nobody listens. */
  readonly tracer: Tracer | undefined;
  /** Of its callers, as the file named them at the start. */
  readonly projects: readonly string[];
  /** What the service counts. `/metrics` of its HTTP server shows it. */
  readonly metrics: Metrics;
  /** What its HTTP server shows beside calls. */
  readonly pages: Pages;
  /** Variables that hold keys: none of a child's business. */
  readonly secretVariables: readonly string[];
  /** The services as they are to be served, and with them what tells how this one is doing; `readiness` as for HTTP. */
  guard(services: readonly Implementation[], readiness: () => Promise<void>): readonly Implementation[];
  /**
   * `address`, which the variable named, if the service may listen there.
   *
   * @throws {MusterError} CONFIG_INVALID.
   */
  checkBind(variable: string, address: string): string;
}

/** @throws {MusterError} CONFIG_INVALID for a key or certificate that cannot be read; Error for a variable of traces. */
export async function openFront(options: OpenFrontOptions): Promise<Front> {
  const { file, variables, env, clock, log, service, version } = options;
  await using opened = new AsyncDisposableStack();
  const metrics = createMetrics();
  const tracer = openTracer({
    ...{ env, service, version, clock, metrics },
    onTrouble: (trouble) => log.warn(trouble, "Spans are dropped as the collector does not take them"),
  });
  if (tracer) opened.use(tracer);
  opened.use(measureProcess(metrics, { service, version }));
  const guard: Guard = opened.use(await openGuard({ file, env, clock, log }));
  const files = watchTlsFiles(tlsPathsOf(variables), {
    clock,
    onLook(outcome) {
      if ("problem" in outcome)
        log.error({ error: outcome.problem }, "Keeping the certificate as it was: the new one cannot be used");
      else tellOfCertificate(outcome.changed, clock, log);
    },
  });
  if (files) {
    opened.use(files);
    tellOfCertificate(files.present, clock, log);
    metrics.gauge("muster_certificate_seconds_left", "How long the certificate that is shown is good for.", () => {
      const untilMs = validUntilMs(files.present);
      return untilMs === undefined ? [] : (untilMs - clock.wallMs()) / 1_000;
    });
  }
  const tls = files?.present.identity ? files : undefined;
  const resources = opened.move();
  return {
    network: createGrpcNetwork(files),
    tls,
    connections: {
      connectionsMax: variables.MUSTER_GRPC_CONNECTIONS_MAX,
      onFull: (connectionsMax) =>
        log.warn(
          { connectionsMax },
          "Refusing connections as MUSTER_GRPC_CONNECTIONS_MAX are open: callers come again",
        ),
      measure: (count) => metrics.gauge("muster_grpc_connections_open", "Connections to the gRPC port.", count),
    },
    secretVariables: guard.secretVariables,
    tracer,
    projects: guard.keyring.projects,
    metrics,
    pages: {
      "/metrics": {
        type: METRICS_CONTENT_TYPE,
        body: metrics.render,
        admit: (caller) => admitReader(guard, caller),
      },
    },
    guard: (services, readiness) => {
      const status = createStatusService({ service, version, metrics, readiness, startedAtMs: clock.wallMs() });
      return measureServices(guard.guard([...services, status]), { metrics, clock });
    },
    checkBind: (variable, address) =>
      checkBind(
        {
          ...{ variable, address, isEncrypted: tls !== undefined, asksForKeys: !guard.keyring.isOpen },
          isUnsafeAllowed: variables.MUSTER_UNSAFE_LISTEN,
        },
        log,
      ),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const READERS: readonly Role[] = ["OBSERVER", "OPERATOR"];

/** @throws {MusterError} CREDENTIALS_INVALID, NOT_PERMITTED. */
function admitReader({ keyring }: Guard, caller: Pick<CallContext, "token" | "certificate">): void {
  if (keyring.isOpen) return;
  const role = keyring.find(caller)?.caller.role;
  if (role && READERS.includes(role)) return;
  const rule = `it is for ${READERS.join(", ")}`;
  if (role) throw new MusterError("NOT_PERMITTED", `Cannot show metrics as ${rule}: the caller is ${role}`);
  throw new MusterError("CREDENTIALS_INVALID", `Cannot show metrics as ${rule}: the request has no key`);
}

const DAY_MS = 86_400_000;
/** How long before its end a certificate is warned of, in ms: people have time to renew it. */
const WARNED_BEFORE_MS = 30 * DAY_MS;

function tellOfCertificate(material: TlsMaterial, clock: Clock, log: Log): void {
  const untilMs = validUntilMs(material);
  if (untilMs === undefined) return;
  const leftMs = untilMs - clock.wallMs();
  const fields = { validUntil: new Date(untilMs).toISOString(), days: Math.floor(leftMs / DAY_MS) };
  if (leftMs <= 0) log.error(fields, "The certificate has run out: callers refuse it");
  else if (leftMs < WARNED_BEFORE_MS) log.warn(fields, "The certificate runs out soon");
  else log.info(fields, "Showing a certificate");
}
