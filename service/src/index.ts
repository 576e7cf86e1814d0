// For service processes and the command line.
export { type MusterFile, readMusterFile } from "./config/muster-file.ts";
export { parseSection } from "./config/parse-section.ts";
export { RETENTION_DEFAULT, type Retention, readRetention, retentionSchema } from "./config/retention.ts";
export { createLog, type Log, type LogFields, type LogLevel, silentLog } from "./log.ts";
export { logDisk } from "./log-disk.ts";
export { type RunOptions, runService } from "./run-service.ts";
export { serviceEnvironment } from "./service-environment.ts";
export type { ServiceEvent, ServiceSpec } from "./supervisor/service-spec.ts";
export { type StopRequests, watchStopRequests } from "./supervisor/stop-requests.ts";
export { createSupervisor, type Supervisor, type SupervisorOptions } from "./supervisor/supervisor.ts";
