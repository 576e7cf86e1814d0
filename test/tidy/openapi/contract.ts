// The contract as buf reads it, with the comments that stand over each part: what the OpenAPI documents are made from.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../sources.ts";

const fieldSchema = z.object({
  name: z.string(),
  jsonName: z.string(),
  type: z.string(),
  label: z.string(),
  /** ".muster.matchmaking.v1.Player". */
  typeName: z.string().optional(),
  oneofIndex: z.number().optional(),
  proto3Optional: z.boolean().optional(),
});
const enumSchema = z.object({ name: z.string(), value: z.array(z.object({ name: z.string() })) });
const entrySchema = z.object({
  name: z.string(),
  field: z.array(fieldSchema).default([]),
  options: z.object({ mapEntry: z.boolean().optional() }).optional(),
});
const messageSchema = entrySchema.extend({
  nestedType: z.array(entrySchema).default([]),
  oneofDecl: z.array(z.object({ name: z.string() })).default([]),
});
const serviceSchema = z.object({
  name: z.string(),
  method: z.array(
    z.object({
      name: z.string(),
      inputType: z.string(),
      outputType: z.string(),
      clientStreaming: z.boolean().default(false),
      serverStreaming: z.boolean().default(false),
    }),
  ),
});
const imageSchema = z.object({
  file: z.array(
    z.object({
      package: z.string(),
      messageType: z.array(messageSchema).default([]),
      enumType: z.array(enumSchema).default([]),
      service: z.array(serviceSchema).default([]),
      sourceCodeInfo: z.object({
        location: z.array(z.object({ path: z.array(z.number()).default([]), leadingComments: z.string().optional() })),
      }),
    }),
  ),
});

type Field = z.infer<typeof fieldSchema> & { readonly comment: string };
type MapEntry = z.infer<typeof entrySchema>;
export type ContractField = Field;
export type ContractMessage = {
  readonly kind: "message";
  readonly comment: string;
  readonly fields: readonly Field[];
  /** What a map's values are, by the type name of its field. */
  readonly maps: ReadonlyMap<string, MapEntry>;
  /** Names of fields of which one is there at most. */
  readonly choices: readonly (readonly string[])[];
};
export type ContractEnum = {
  readonly kind: "enum";
  readonly comment: string;
  readonly words: readonly { readonly word: string; readonly comment: string }[];
};
export type ContractMethod = {
  readonly service: string;
  readonly package: string;
  readonly name: string;
  readonly comment: string;
  readonly input: string;
  readonly output: string;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
};
export type Contract = {
  /** By full name with a dot before it, as fields name them. */
  readonly types: ReadonlyMap<string, ContractMessage | ContractEnum>;
  readonly methods: readonly ContractMethod[];
  /** What stands over each service, or else over the package in its file; by full name. */
  readonly services: ReadonlyMap<string, string>;
};

type File = z.infer<typeof imageSchema>["file"][number];
type CommentAt = (...path: readonly number[]) => string;

/** Reads the .proto files of this checkout. */
export function readContract(): Contract {
  const folder = mkdtempSync(join(tmpdir(), "muster-contract-"));
  try {
    const out = join(folder, "image.json");
    execFileSync("buf", ["build", "-o", out], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
    const { file } = imageSchema.parse(JSON.parse(readFileSync(out, "utf8")));
    return {
      types: new Map(file.flatMap(typesOf)),
      methods: file.flatMap(methodsOf),
      services: new Map(file.flatMap(servicesOf)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Numbers of a path are those of descriptor.proto: 2 the package, 4 messages, 5 enums, 6 services; 2 their fields, values, methods. */
function commentsOf({ sourceCodeInfo }: File): CommentAt {
  const comments = new Map(
    sourceCodeInfo.location.map(({ path, leadingComments = "" }) => [path.join("."), flow(leadingComments)]),
  );
  return (...path) => comments.get(path.join(".")) ?? "";
}

/** Lines that were broken for the source's width become one. */
function flow(comment: string): string {
  return comment.trim().replaceAll(/\s*\n\s*/g, " ");
}

function typesOf(file: File): readonly [string, ContractMessage | ContractEnum][] {
  const commentAt = commentsOf(file);
  const messages = file.messageType.map(({ name, field, nestedType, oneofDecl }, index): [string, ContractMessage] => {
    const fields = field.map((one, at) => ({ ...one, comment: commentAt(4, index, 2, at) }));
    const maps = nestedType.map((one): [string, MapEntry] => [`.${file.package}.${name}.${one.name}`, one]);
    const choices = oneofDecl.map((_, at) =>
      field.filter((one) => one.oneofIndex === at && !one.proto3Optional).map((one) => one.jsonName),
    );
    return [
      `.${file.package}.${name}`,
      {
        ...{ kind: "message", comment: commentAt(4, index), fields, maps: new Map(maps) },
        choices: choices.filter((names) => names.length > 0),
      },
    ];
  });
  const enums = file.enumType.map(({ name, value }, index): [string, ContractEnum] => {
    const prefix = `${name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toUpperCase()}_`;
    const words = value
      .map((one, at) => ({ word: one.name.replace(prefix, ""), comment: commentAt(5, index, 2, at) }))
      .filter(({ word }) => word !== "UNSPECIFIED");
    return [`.${file.package}.${name}`, { kind: "enum", comment: commentAt(5, index), words }];
  });
  return [...messages, ...enums];
}

function servicesOf(file: File): readonly [string, string][] {
  const commentAt = commentsOf(file);
  return file.service.map(({ name }, index) => [`${file.package}.${name}`, commentAt(6, index) || commentAt(2)]);
}

function methodsOf(file: File): readonly ContractMethod[] {
  const commentAt = commentsOf(file);
  return file.service.flatMap((service, index) =>
    service.method.map(({ name, inputType: input, outputType: output, clientStreaming, serverStreaming }, at) => ({
      ...{ service: service.name, package: file.package, name, input, output, clientStreaming, serverStreaming },
      comment: commentAt(6, index, 2, at),
    })),
  );
}
