// Messages as JSON Schema, by the mapping of proto/src/http/json-message.ts.
import type { Contract, ContractEnum, ContractField, ContractMessage } from "./contract.ts";

export type Schema = { readonly [key: string]: unknown };

const REF = "#/components/schemas/";

/** What scalars are in JSON. Numbers of 64 bits are numbers here, never above 2^53. */
const SCALARS: Readonly<Record<string, Schema>> = {
  TYPE_STRING: { type: "string" },
  TYPE_BOOL: { type: "boolean" },
  TYPE_BYTES: { type: "string", contentEncoding: "base64" },
  TYPE_DOUBLE: { type: "number" },
  TYPE_FLOAT: { type: "number" },
  TYPE_INT32: { type: "integer", format: "int32" },
  TYPE_SINT32: { type: "integer", format: "int32" },
  TYPE_UINT32: { type: "integer", format: "uint32", minimum: 0 },
  TYPE_INT64: { type: "integer", format: "int64" },
  TYPE_SINT64: { type: "integer", format: "int64" },
  TYPE_UINT64: { type: "integer", format: "int64", minimum: 0 },
};

/** What Google's own messages are in JSON. */
const WELL_KNOWN: Readonly<Record<string, Schema>> = {
  ".google.protobuf.Timestamp": { type: "string", format: "date-time" },
  ".google.protobuf.Value": {},
  ".google.protobuf.Struct": { type: "object" },
};

/** ".muster.matchmaking.v1.Player" → "muster.matchmaking.v1.Player". */
export function refTo(typeName: string): Schema {
  return { $ref: `${REF}${typeName.slice(1)}` };
}

/** The schemas of `roots` and of all that they name, by name. */
export function schemasOf(contract: Contract, roots: readonly string[]): Readonly<Record<string, Schema>> {
  const schemas = new Map<string, Schema>();
  const waiting = [...roots];
  for (let typeName = waiting.pop(); typeName !== undefined; typeName = waiting.pop()) {
    const type = contract.types.get(typeName);
    if (!type || WELL_KNOWN[typeName] || schemas.has(typeName)) continue;
    if (type.kind === "enum") {
      schemas.set(typeName, enumOf(type));
      continue;
    }
    schemas.set(typeName, messageOf(type));
    for (const { typeName: named } of [...type.fields, ...[...type.maps.values()].flatMap(({ field }) => field)]) {
      if (named !== undefined) waiting.push(named);
    }
  }
  const sorted = [...schemas].toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(sorted.map(([typeName, schema]) => [typeName.slice(1), schema]));
}

/** The schema of one field, its comment with it. */
export function fieldSchema(field: ContractField, { maps }: Pick<ContractMessage, "maps">): Schema {
  const about = field.comment === "" ? {} : { description: field.comment };
  const entry = maps.get(field.typeName ?? "");
  if (entry) {
    const value = entry.field.find(({ name }) => name === "value");
    return { type: "object", additionalProperties: value ? bareSchema(value) : {}, ...about };
  }
  const bare = bareSchema(field);
  return field.label === "LABEL_REPEATED" ? { type: "array", items: bare, ...about } : { ...bare, ...about };
}

function bareSchema({ type, typeName = "" }: Pick<ContractField, "type" | "typeName">): Schema {
  return SCALARS[type] ?? WELL_KNOWN[typeName] ?? refTo(typeName);
}

function messageOf(message: ContractMessage): Schema {
  const choices = message.choices.map((names) => `At most one of ${names.join(", ")}.`);
  const description = [message.comment, ...choices].filter((part) => part !== "").join(" ");
  const properties = message.fields.map((field) => [field.jsonName, fieldSchema(field, message)]);
  return {
    type: "object",
    ...(description === "" ? {} : { description }),
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
  };
}

function enumOf({ comment, words }: ContractEnum): Schema {
  const told = words.filter((one) => one.comment !== "").map((one) => `${one.word}: ${one.comment}`);
  const description = [comment, ...told].filter((part) => part !== "").join("\n\n");
  return { type: "string", enum: words.map(({ word }) => word), ...(description === "" ? {} : { description }) };
}
