// Where spans go, by the variables that all of OpenTelemetry goes by: nowhere, unless a collector is named.
import { createSpanExporter, type SpanExporter, type SpanExporterOptions } from "./span-exporter.ts";

export type OpenTracerOptions = Omit<SpanExporterOptions, "endpoint" | "headers" | "ratio" | "post"> & {
  readonly env: Readonly<Record<string, string | undefined>>;
};

/**
 * Undefined: OTEL_EXPORTER_OTLP_ENDPOINT is not set. OTEL_EXPORTER_OTLP_HEADERS ("name=value,…") goes with each request,
 * OTEL_TRACES_SAMPLER_ARG is the share of traces that are told, 0 to 1.
 *
 * @throws {Error} naming the variable and its rule; values that may be secret are not shown.
 */
export function openTracer({ env, ...options }: OpenTracerOptions): SpanExporter | undefined {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint) return undefined;
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw invalid("OTEL_EXPORTER_OTLP_ENDPOINT", 'an address such as "http://127.0.0.1:4318"');
  }
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG || "1");
  if (!(ratio >= 0 && ratio <= 1)) throw invalid("OTEL_TRACES_SAMPLER_ARG", "a number from 0 to 1");
  const headers: Record<string, string> = {};
  for (const pair of (env.OTEL_EXPORTER_OTLP_HEADERS ?? "").split(",").filter((one) => one.trim() !== "")) {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    if (name === undefined || value === undefined)
      throw invalid("OTEL_EXPORTER_OTLP_HEADERS", '"name=value" with commas between');
    headers[name] = decodeURIComponent(value);
  }
  return createSpanExporter({ endpoint, headers, ratio, ...options });
}

function invalid(variable: string, rule: string): Error {
  return new Error(`Cannot read ${variable} as ${rule}`);
}
