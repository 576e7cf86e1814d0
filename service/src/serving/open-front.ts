// What stands between a service and everybody else, in one place: keys, certificates, and where it may listen. Each server that the
// process opens, for gRPC or HTTP, takes its options from here, and each call that it makes leaves through the network here.
import type { Clock, Environment } from "@muster/kit";
import {
  createGrpcNetwork,
  type TlsMaterial,
  type TlsSource,
  tlsPathsOf,
  validUntilMs,
  watchTlsFiles,
} from "@muster/proto/grpc";
import type { Implementation, Network } from "@muster/proto/rpc";
import { type Guard, openGuard } from "../access/open-guard.ts";
import type { MusterFile } from "../config/muster-file.ts";
import type { Log } from "../log.ts";
import type { serviceEnvironment } from "../service-environment.ts";
import { checkBind } from "./check-bind.ts";

export type OpenFrontOptions = {
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
  /** Variables that hold keys: none of a child's business. */
  readonly secretVariables: readonly string[];
  /** The services as they are to be served. */
  guard(services: readonly Implementation[]): readonly Implementation[];
  /**
   * `address`, which the variable named, if the service may listen there.
   *
   * @throws {MusterError} CONFIG_INVALID.
   */
  checkBind(variable: string, address: string): string;
}

/** @throws {MusterError} CONFIG_INVALID for a key or certificate that cannot be read. */
export async function openFront({ file, variables, env, clock, log }: OpenFrontOptions): Promise<Front> {
  await using opened = new AsyncDisposableStack();
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
  }
  const tls = files?.present.identity ? files : undefined;
  const resources = opened.move();
  return {
    network: createGrpcNetwork(files),
    tls,
    secretVariables: guard.secretVariables,
    guard: guard.guard,
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
