// For processes that tell of traces. An entry of its own, as it is for Node alone.
export { type OpenTracerOptions, openTracer } from "./trace/open-tracer.ts";
export {
  drawTraceId,
  readTraceparent,
  type Span,
  type SpanPlace,
  type Step,
  spanUnder,
  type Tracer,
  writeTraceparent,
} from "./trace/span.ts";
export type { SpanExporter } from "./trace/span-exporter.ts";
