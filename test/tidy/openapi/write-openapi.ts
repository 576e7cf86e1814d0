// OpenAPI 3.1 from the contract: one document a service process, with the comments of the .proto files for descriptions and the
// reasons that each method names in its refusals.
import { isReason, MusterError, type Reason } from "@muster/proto";
import { httpStatusOf } from "@muster/proto/http";
import type { Contract, ContractMessage, ContractMethod } from "./contract.ts";
import { examples } from "./examples.ts";
import { fieldSchema, refTo, type Schema, schemasOf } from "./schemas.ts";

export type ApiSpec = {
  readonly title: string;
  readonly about: string;
  /** Its services are those of these packages. */
  readonly packages: readonly string[];
};

/** What any call may meet. */
const GENERAL: readonly Reason[] = [
  ...(["FIELD_INVALID", "MESSAGE_TOO_LARGE", "CREDENTIALS_INVALID", "NOT_PERMITTED", "OVERLOADED"] as const),
  ...(["SERVICE_NOT_READY", "DEADLINE_PASSED", "INTERNAL_FAULT"] as const),
];

/** The document as JSON text. `meanings`: of each reason, in a sentence. */
export function writeOpenApi(
  contract: Contract,
  { title, about, packages }: ApiSpec,
  meanings: ReadonlyMap<string, string>,
): string {
  const methods = contract.methods.filter((method) => packages.includes(method.package));
  const served = methods.filter(({ clientStreaming }) => !clientStreaming);
  const grpcOnly = methods.filter(({ clientStreaming }) => clientStreaming).map((one) => `${one.service}.${one.name}`);
  const only =
    grpcOnly.length === 0 ? "" : ` For gRPC only, as they take a stream of requests: ${grpcOnly.join(", ")}.`;
  const document = {
    openapi: "3.1.1",
    info: {
      title,
      version: "1",
      description: `${about} docs/guides/http.md says how calls, streams and refusals look.${only}`,
    },
    servers: [{ url: "/" }],
    security: [{}, { key: [] }],
    tags: [...new Set(served.map(({ service }) => service))].map((name) => ({ name })),
    paths: {
      ...Object.fromEntries(
        served.map((method) => [
          `/${method.package}.${method.service}/${method.name}`,
          pathItem(contract, method, meanings),
        ]),
      ),
      "/healthz": healthPath("Whether the process answers at all", []),
      "/readyz": healthPath("Whether the service can be called", ["503"]),
    },
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "Where the service asks callers for keys." },
      },
      responses: generalRefusals(meanings),
      schemas: {
        ...schemasOf(
          contract,
          served.flatMap(({ input, output }) => [input, output]),
        ),
        Refusal: refusalSchema(meanings),
      },
    },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function pathItem(contract: Contract, method: ContractMethod, meanings: ReadonlyMap<string, string>): Schema {
  const { service, name, comment, input, serverStreaming } = method;
  const operation = {
    tags: [service],
    summary: summaryOf(comment),
    description: comment,
    responses: { "200": success(method), ...refusals(comment, meanings) },
  };
  const example = examples[`${method.package}.${service}/${name}`];
  const body = { schema: refTo(input), ...(example === undefined ? {} : { example }) };
  const post = {
    operationId: `${service}.${name}`,
    ...operation,
    requestBody: { content: { "application/json": body } },
  };
  if (!serverStreaming) return { post };
  const message = contract.types.get(input);
  const parameters = message?.kind === "message" ? queryParameters(contract, message) : [];
  return {
    get: { operationId: `${service}.${name}.get`, ...operation, parameters: [...parameters, LAST_EVENT_ID] },
    post,
  };
}

const LAST_EVENT_ID = {
  name: "Last-Event-ID",
  in: "header",
  description: "The id of the last event that was read: the stream goes on after it.",
  schema: { type: "string" },
};

/** The fields that a query can hold: no messages, no maps. */
function queryParameters(contract: Contract, message: ContractMessage): readonly Schema[] {
  return message.fields
    .filter(({ type, typeName = "" }) => type !== "TYPE_MESSAGE" && !message.maps.has(typeName))
    .filter(({ typeName }) => typeName === undefined || contract.types.get(typeName)?.kind === "enum")
    .map((field) => {
      const { description, ...schema } = fieldSchema(field, message);
      return { name: field.jsonName, in: "query", ...(description === undefined ? {} : { description }), schema };
    });
}

function success({ output, serverStreaming }: ContractMethod): Schema {
  if (!serverStreaming) return { description: "Done.", content: { "application/json": { schema: refTo(output) } } };
  const schema = { type: "string", contentMediaType: "application/json", contentSchema: refTo(output) };
  return {
    description: "Server-sent events. The `data` of each is one message; its `id` is where to go on after it.",
    content: { "text/event-stream": { schema } },
  };
}

type Refusals = Readonly<Record<string, Schema>>;

/** By HTTP status: of the reasons that a comment names with those of any call, or of the latter alone where it names none. */
function refusals(comment: string, meanings: ReadonlyMap<string, string>): Refusals {
  const named = [...comment.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([word]) => word).filter(isReason);
  const general = Object.keys(generalRefusals(meanings)).map((status) => [
    status,
    { $ref: `#/components/responses/${status}` },
  ]);
  const own = Object.entries(refusalsOf([...named, ...GENERAL], meanings)).filter(([status]) =>
    named.some((reason) => String(statusOf(reason)) === status),
  );
  return Object.fromEntries([...general, ...own]);
}

/** What any call may meet, by HTTP status. */
function generalRefusals(meanings: ReadonlyMap<string, string>): Refusals {
  return refusalsOf(GENERAL, meanings);
}

function refusalsOf(all: readonly Reason[], meanings: ReadonlyMap<string, string>): Refusals {
  const byStatus = Map.groupBy(new Set(all), statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, reasons]) => {
      const schema = { $ref: "#/components/schemas/Refusal", properties: { reason: { enum: reasons } } };
      const description = reasons.map((reason) => `${reason}: ${meanings.get(reason) ?? ""}`).join("\n\n");
      return [String(status), { description, content: { "application/json": { schema } } }];
    }),
  );
}

function statusOf(reason: Reason): number {
  return httpStatusOf(new MusterError(reason, ""));
}

/** The first sentence. */
function summaryOf(comment: string): string {
  return /^.*?[.:;](?=\s|$)/.exec(comment)?.[0].replace(/[.:;]$/, "") ?? comment;
}

function healthPath(summary: string, refused: readonly string[]): Schema {
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } };
  return {
    get: {
      operationId: summary.includes("called") ? "readyz" : "healthz",
      summary,
      responses: {
        "200": { description: "It does." },
        ...Object.fromEntries(refused.map((status) => [status, { description: "It cannot, and says why.", content }])),
      },
    },
  };
}

function refusalSchema(meanings: ReadonlyMap<string, string>): Schema {
  return {
    type: "object",
    description: "The body of every answer that is no success, and the data of a stream's `error` event.",
    required: ["status", "reason", "message", "retry", "metadata"],
    properties: {
      status: { type: "string", description: "The gRPC status." },
      reason: { type: "string", description: "Compare this.", enum: [...meanings.keys()] },
      message: { type: "string", description: "A sentence for people; it may change." },
      field: { type: "string", description: "The field that broke its rule, where one did." },
      retry: { type: "string", enum: ["never", "backoff", "reread"], description: "What may be done about it." },
      metadata: { type: "object", additionalProperties: { type: "string" } },
    },
  };
}
