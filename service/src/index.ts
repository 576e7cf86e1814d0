// For service processes and the command line.
export { accessSchema, hashKey } from "./access/access-config.ts";
export { playersOfStart, rights } from "./access/rights.ts";
export { type MusterFile, readMusterFile } from "./config/muster-file.ts";
export { parseSection } from "./config/parse-section.ts";
export { RETENTION_DEFAULT, type Retention, readRetention, retentionSchema } from "./config/retention.ts";
export { createLog, type Log, type LogFields, type LogLevel, silentLog } from "./log.ts";
export { logDisk } from "./log-disk.ts";
export { type RunOptions, runService } from "./run-service.ts";
export { serviceEnvironment } from "./service-environment.ts";
export { answerEach } from "./serving/answer-each.ts";
export { type Front, openFront } from "./serving/open-front.ts";
export { type HttpApiOptions, httpEnvironment, parseHttpBind, serveHttpApi } from "./serving/serve-http-api.ts";
export type { ServiceEvent, ServiceSpec } from "./supervisor/service-spec.ts";
export { type StopRequests, watchStopRequests } from "./supervisor/stop-requests.ts";
export { createSupervisor, type Supervisor, type SupervisorOptions } from "./supervisor/supervisor.ts";
export { type Step, ticketSpan, ticketSpanPlace } from "./trace/ticket-trace.ts";
