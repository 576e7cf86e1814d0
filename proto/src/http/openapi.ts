// "@muster/proto/openapi": the OpenAPI documents of what the services serve, made from the .proto files by `npm run gen`.

export type OpenApiDocument = { readonly openapi: string; readonly paths: Readonly<Record<string, unknown>> };

/** Read when somebody asks: most runs never do. */
export const openApiOf = {
  matcher: async (): Promise<OpenApiDocument> =>
    (await import("../../gen/openapi/matcher.json", { with: { type: "json" } })).default,
  fleet: async (): Promise<OpenApiDocument> =>
    (await import("../../gen/openapi/fleet.json", { with: { type: "json" } })).default,
};
