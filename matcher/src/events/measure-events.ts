// How far behind the targets of event push are.
import type { Metrics } from "@muster/kit";
import type { Outbox, TargetStatus } from "./outbox.ts";

/** Registers them; each is asked when somebody reads. */
export function measureEvents(
  metrics: Metrics,
  { outbox, project }: { readonly outbox: Pick<Outbox, "statuses">; readonly project: string },
): void {
  const byTarget = (value: (status: TargetStatus) => number) => () =>
    outbox
      .statuses()
      .map((status) => ({ labels: { project, target: status.target.settings.name }, value: value(status) }));
  metrics.gauge(
    "muster_event_lag_seconds",
    "Age of the oldest event that the target does not have yet.",
    byTarget(({ behindMs }) => behindMs / 1_000),
  );
  metrics.gauge(
    "muster_event_pending_bytes",
    "Events that the target does not have yet.",
    byTarget(({ pendingBytes }) => pendingBytes),
  );
  metrics.gauge(
    "muster_event_target_disabled",
    "1 if the target is sent nothing any more.",
    byTarget(({ target }) => (target.disabled === undefined ? 0 : 1)),
  );
}
