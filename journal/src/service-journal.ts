// Where a service keeps its journal, and in which of the two forms.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MusterError } from "@muster/proto";
import { openFileJournal } from "./file-journal.ts";
import type { Journal } from "./journal.ts";
import { openSqliteJournal } from "./sqlite-journal.ts";

/** A SQLite file, or a folder of plain files. */
export type JournalKind = "sqlite" | "file";

const ENDINGS = { sqlite: ".sqlite", file: ".journal" } as const satisfies Record<JournalKind, string>;

/**
 * The journal of a service in its data folder, such as `matcher.sqlite` or `matcher.journal`.
 *
 * @throws {MusterError} CONFIG_INVALID if it is kept in the other form there: starting empty beside it would lose everything.
 */
export function openServiceJournal(
  kind: JournalKind,
  place: { readonly data: string; readonly service: string },
): Journal {
  const pathOf = (of: JournalKind) => join(place.data, place.service + ENDINGS[of]);
  const other = kind === "sqlite" ? "file" : "sqlite";
  if (existsSync(pathOf(other)) && !existsSync(pathOf(kind))) {
    throw new MusterError(
      "CONFIG_INVALID",
      `Cannot keep the journal in ${pathOf(kind)} as it is kept in ${pathOf(other)}: ` +
        `start with MUSTER_JOURNAL=${other}, or move the other one away`,
      { metadata: { path: pathOf(other) } },
    );
  }
  return kind === "sqlite" ? openSqliteJournal(pathOf(kind)) : openFileJournal(pathOf(kind));
}
