// "@muster/proto/http": the seam over HTTP, for callers without gRPC.

// For tests and measurements: whatever speaks gRPC, over HTTP.
export { httpNetwork } from "./http-client.ts";
export { type HttpErrorBody, httpStatusOf } from "./http-error.ts";
// For listeners that answer no calls.
export { listenHttp } from "./http-listener.ts";
export { type HttpServerOptions, serveHttp } from "./http-server.ts";
// For tests of what it takes.
export { type JsonMessageType, readJsonMessage, writeJsonMessage } from "./json-message.ts";
// For JSON that comes as an answer.
export { checkJsonShape } from "./json-shape.ts";
export type { Page, Pages, Readiness } from "./pages.ts";
