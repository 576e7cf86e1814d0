// Starts a matcher for each project, each following its own part of muster.json.
import { type Implementation, PROJECT_DEFAULT } from "@muster/proto/rpc";
import { type MusterFile, readMusterFile } from "@muster/service";
import { readLegalConfig, readMatcherConfig } from "./config.ts";
import { readEventTargets } from "./events/event-config.ts";
import type { EventPush } from "./events/event-push.ts";
import { followConfig, logConfigEvents } from "./follow-config.ts";
import { readHooks } from "./hooks/hooks-section.ts";
import { openHooks } from "./hooks/open-hooks.ts";
import { createMatcher, type Matcher } from "./matcher.ts";
import type { MatcherOptions } from "./matcher-options.ts";
import { nameOfProject, routeProjects } from "./project-matchers.ts";
import { projectFiles } from "./project-sections.ts";

export type StartProjectsOptions = Omit<MatcherOptions, "config" | "project" | "events"> & {
  readonly file: MusterFile;
  /** Projects beside those that the file has sections for. */
  readonly projects: readonly string[];
  readonly events: Omit<EventPush, "targets">;
};

export interface Projects extends AsyncDisposable {
  /** Those of all projects as one. */
  readonly services: readonly Implementation[];
  readonly readiness: () => Promise<void>;
  /** By which join tokens of all projects are verified, as a JSON Web Key Set. */
  readonly joinKeySet: () => Promise<string>;
}

/** @throws {MusterError} as createMatcher(); CONFIG_INVALID for a project's part of the file. */
export async function startProjects(options: StartProjectsOptions): Promise<Projects> {
  const { file, projects, log, clock, onFatal, owner } = options;
  await using opened = new AsyncDisposableStack();
  const matchers = new Map<string, Matcher>();
  for (const [project, part] of projectFiles(file, projects)) {
    const config = await readMatcherConfig(part);
    const events = { ...options.events, targets: readEventTargets(part) };
    const readThem = async () => readHooks(await partOf(file.path, project, projects));
    const { poster } = options.events;
    const hooks = opened.use(openHooks({ hooks: readHooks(part), read: readThem, poster, clock, log }));
    const matcher = opened.use(
      await createMatcher({ ...options, config, project, events, hooks, owner: nameOfProject(owner, project) }),
    );
    matchers.set(project, matcher);
    const read = async () => await readLegalConfig(await partOf(file.path, project, projects));
    const onEvent = logConfigEvents(log);
    opened.use(followConfig({ config, read, put: matcher.putConfig, clock, onEvent, onFatal }));
  }
  const others = [...matchers.keys()].filter((project) => project !== PROJECT_DEFAULT);
  if (others.length > 0) log.info({ projects: others }, "Serving more projects than the default one");
  const resources = opened.move();
  return {
    services: routeProjects(matchers),
    readiness: async () => {
      for (const matcher of matchers.values()) await matcher.readiness();
    },
    joinKeySet: async () => {
      const keys = await Promise.all(Array.from(matchers.values(), (matcher) => matcher.joinKeys()));
      return JSON.stringify({ keys: keys.flat() });
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A project that the file has no part for any more has an empty one: only a command deletes. */
async function partOf(path: string, project: string, projects: readonly string[]): Promise<MusterFile> {
  const file = await readMusterFile(path);
  return projectFiles(file, projects).get(project) ?? { ...file, sections: {} };
}
