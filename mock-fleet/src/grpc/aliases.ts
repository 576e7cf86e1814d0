// The RPCs of aliases: point one, forget what was set, list them. Reasons: the .proto.
import { parseId } from "@muster/proto";
import type {
  DeleteAliasRequest,
  DeleteAliasResponse,
  DescribeAliasesResponse,
  PutAliasRequest,
  PutAliasResponse,
} from "@muster/proto/fleet";
import { deleteAlias as decideDelete, putAlias as decidePut, listAliases } from "../core/alias.ts";
import { checkRunsAll } from "../core/project.ts";
import type { FleetApp } from "../fleet-app.ts";
import { readAlias, writeAlias } from "./alias-wire.ts";

export async function putAlias({ runner, viewer }: FleetApp, message: PutAliasRequest): Promise<PutAliasResponse> {
  checkRunsAll(viewer, "point an alias");
  const alias = readAlias(message.alias);
  await runner.decide((state, moment) => decidePut(state, alias, moment));
  return { alias: writeAlias(alias) };
}

export async function deleteAlias(
  { runner, viewer }: FleetApp,
  message: DeleteAliasRequest,
): Promise<DeleteAliasResponse> {
  checkRunsAll(viewer, "forget an alias");
  const name = parseId("name", message.name);
  await runner.decide((state, moment) => decideDelete(state, name, moment));
  return {};
}

export function describeAliases({ runner }: FleetApp): Promise<DescribeAliasesResponse> {
  return runner.read(({ aliases }, { config }) => ({ aliases: listAliases({ aliases, config }).map(writeAlias) }));
}
