// How a thread of this package is started: from source here, from JavaScript in the published build.

/** The file `name`, as seen from the module at `moduleUrl`, and the options to start it with as a worker. */
export function threadOptions(name: string, moduleUrl: string): { url: URL; options: { execArgv: string[] } } {
  // Node runs the source by its ending; the published build has the same file as JavaScript beside this one. What else this
  // process was started with is no business of the thread.
  const fromSource = moduleUrl.endsWith(".ts");
  return {
    url: new URL(`./${name}.${fromSource ? "ts" : "js"}`, moduleUrl),
    options: { execArgv: fromSource ? ["--conditions=@muster/source"] : [] },
  };
}
