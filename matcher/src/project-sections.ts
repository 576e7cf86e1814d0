// What muster.json says of each project: the sections of the file are the default project's, those under `projects` the others'.
import { PROJECT_DEFAULT, PROJECT_NAME } from "@muster/proto/rpc";
import { type MusterFile, parseSection } from "@muster/service";
import { z } from "zod";

const name = z
  .string()
  .regex(PROJECT_NAME, "1 to 32 of A-Z a-z 0-9 _ -")
  .refine(
    (text) => text !== PROJECT_DEFAULT,
    `another name than ${PROJECT_DEFAULT}, whose sections are the file's own`,
  );

const sections = z.strictObject({
  ruleSets: z.unknown().optional(),
  configurations: z.unknown().optional(),
  eventTargets: z.unknown().optional(),
  hooks: z.unknown().optional(),
});

/** `projects`: the matcher's sections of each project that is not the default one. */
export const projectsSchema = z.record(name, sections);

/**
 * The file as each project has it, the default one first: those that the file names, and those of `others`.
 *
 * @throws {MusterError} CONFIG_INVALID.
 */
export function projectFiles(file: MusterFile, others: readonly string[] = []): ReadonlyMap<string, MusterFile> {
  const named = parseSection(projectsSchema, file.sections.projects ?? {}, "$.projects");
  const files = new Map<string, MusterFile>([[PROJECT_DEFAULT, file]]);
  for (const project of [...Object.keys(named), ...others]) {
    if (files.has(project)) continue;
    const { directory } = file;
    files.set(project, { path: `${file.path} (project ${project})`, directory, sections: named[project] ?? {} });
  }
  return files;
}
