// The page at `/`: every call of the service with its description, a form to send one, and the curl command that does the same.
// It reads /openapi.json and needs nothing else from anywhere.
import { createHash } from "node:crypto";

/** The page, whole. */
export const TRY_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Muster</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; --line: light-dark(#ccc, #444); --soft: light-dark(#f4f4f4, #1d1f21); --bad: light-dark(#b00020, #ff8a80); }
  * { box-sizing: border-box; }
  body { margin: 0; font: 15px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 19rem 1fr; height: 100vh; }
  nav { overflow: auto; border-right: 1px solid var(--line); padding: 1rem; }
  main { overflow: auto; padding: 1rem 2rem; }
  nav h2 { font-size: .85rem; margin: 1rem 0 .25rem; opacity: .7; }
  nav a { display: block; color: inherit; text-decoration: none; padding: .1rem .5rem; border-radius: 4px; }
  nav a:hover, nav a[aria-current] { background: var(--soft); }
  input, textarea, button { font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: .3rem .5rem; }
  input { width: 100%; }
  textarea { width: 100%; min-height: 10rem; font: 13px/1.4 ui-monospace, monospace; }
  button { cursor: pointer; padding: .3rem 1rem; }
  pre { background: var(--soft); padding: .75rem; overflow: auto; font: 13px/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
  pre:empty { display: none; }
  table { border-collapse: collapse; width: 100%; }
  td, th { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .25rem .75rem .25rem 0; }
  details { margin: 1rem 0; }
  .bad { color: var(--bad); }
  @media (max-width: 50rem) { body { display: block; height: auto; } nav { border: 0; max-height: 40vh; } main { padding: 1rem; } }
</style>
<nav aria-label="Calls">
  <strong id="title">Muster</strong>
  <p><label>Find <input id="find" type="search"></label></p>
  <div id="calls"></div>
</nav>
<main>
  <p><label>Key, where the service asks for one <input id="key" type="password" autocomplete="off"></label></p>
  <div id="call"><p id="about">Choose a call.</p></div>
</main>
<script>
"use strict";
const byId = (id) => document.getElementById(id);
const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text ?? "" }, more);
let api;
let running;

const schemaOf = (schema) => (schema?.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : (schema ?? {}));

/** A request with every field at its zero, three messages deep. */
function skeleton(given, depth = 0) {
  const schema = schemaOf(given);
  if (schema.type === "object") {
    if (!schema.properties || depth > 2) return {};
    return Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, skeleton(one, depth + 1)]));
  }
  if (schema.type === "array") return depth > 2 ? [] : [skeleton(schema.items, depth + 1)];
  if (schema.enum) return schema.enum[0];
  if (schema.format === "date-time") return new Date().toISOString();
  return { string: "", boolean: false, number: 0, integer: 0 }[schema.type] ?? null;
}

function fieldTable(given) {
  const table = make("table");
  for (const [name, one] of Object.entries(schemaOf(given).properties ?? {})) {
    const type = one.$ref ? one.$ref.split(".").pop() : one.type === "array" ? "list of " + (one.items.$ref?.split(".").pop() ?? one.items.type) : (one.type ?? "any");
    const row = table.insertRow();
    row.append(make("td", name), make("td", type), make("td", one.description ?? ""));
  }
  return table;
}

function show(path) {
  running?.abort();
  const item = api.paths[path];
  const operation = item.post ?? item.get;
  const body = operation.requestBody?.content["application/json"];
  const isStream = Object.keys(operation.responses["200"].content ?? {})[0] === "text/event-stream";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === "#" + path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const request = make("textarea", "", { spellcheck: false, ariaLabel: "Request" });
  request.value = body ? JSON.stringify(body.example ?? skeleton(body.schema), null, 2) : "";
  const send = make("button", isStream ? "Watch" : "Call");
  const stop = make("button", "Stop", { disabled: true });
  const command = make("pre");
  const status = make("p", "", { role: "status" });
  const answer = make("pre");
  const tell = () => {
    const quoted = "'" + request.value.replaceAll("'", "'\\\\''").replace(/\\s*\\n\\s*/g, " ") + "'";
    const auth = byId("key").value ? ' -H "authorization: Bearer $MUSTER_KEY"' : "";
    command.textContent = "curl -sS" + (isStream ? "N" : "") + auth + (body ? ' -H "content-type: application/json"' : "") + " " + location.origin + path + (body ? " -d " + quoted : "");
  };
  request.oninput = tell;
  byId("key").oninput = tell;
  tell();
  stop.onclick = () => running?.abort();
  send.onclick = async () => {
    running?.abort();
    const mine = (running = new AbortController());
    stop.disabled = false;
    answer.textContent = "";
    status.className = "";
    status.textContent = "…";
    try {
      const headers = byId("key").value ? { authorization: "Bearer " + byId("key").value } : {};
      if (body) headers["content-type"] = "application/json";
      const response = await fetch(path, { method: item.post ? "POST" : "GET", headers, signal: mine.signal, ...(body ? { body: request.value } : {}) });
      status.textContent = response.status + " " + response.statusText;
      status.className = response.ok ? "" : "bad";
      if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) answer.append(chunk);
        status.textContent += ", ended";
      } else {
        const text = await response.text();
        try { answer.textContent = JSON.stringify(JSON.parse(text), null, 2); } catch { answer.textContent = text; }
      }
    } catch (error) {
      status.textContent = mine.signal.aborted ? "Stopped" : String(error);
    } finally {
      if (running === mine) stop.disabled = true;
    }
  };
  const refusals = make("table");
  for (const [code, given] of Object.entries(operation.responses)) {
    if (code === "200") continue;
    const refusal = given.$ref ? api.components.responses[given.$ref.split("/").pop()] : given;
    for (const line of refusal.description.split("\\n\\n")) refusals.insertRow().append(make("td", code), make("td", line));
  }
  const fields = make("details", "", { open: true });
  fields.append(make("summary", "Fields"), body ? fieldTable(body.schema) : "");
  const more = make("details");
  more.append(make("summary", "Refusals"), refusals);
  const heading = make("h1", path.split("/").pop());
  byId("call").replaceChildren(heading, make("code", (item.post ? "POST " : "GET ") + path), make("p", operation.description ?? operation.summary ?? ""), ...(body ? [request] : []), send, " ", stop, status, answer, command, ...(body ? [fields] : []), more);
}

function list() {
  const wanted = byId("find").value.toLowerCase();
  const groups = Map.groupBy(Object.entries(api.paths), ([, item]) => (item.post ?? item.get).tags?.[0] ?? "Health");
  byId("calls").replaceChildren();
  for (const [name, paths] of groups) {
    const links = paths.filter(([path]) => path.toLowerCase().includes(wanted)).map(([path]) => make("a", path.split("/").pop(), { href: "#" + path }));
    if (links.length > 0) byId("calls").append(make("h2", name), ...links);
  }
}

const open = () => { if (api.paths[location.hash.slice(1)]) show(location.hash.slice(1)); };
fetch("/openapi.json").then((response) => response.json()).then((read) => {
  api = read;
  document.title = api.info.title;
  byId("title").textContent = api.info.title;
  byId("about").textContent = api.info.description + " Choose a call.";
  byId("find").oninput = list;
  list();
  addEventListener("hashchange", open);
  open();
});
</script>
</html>
`;

/** It may run its own script and no other, whatever a description or an answer has in it, and call the service that it is of. */
export const TRY_PAGE_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf("script")}`,
  `style-src ${hashOf("style")}`,
  "connect-src 'self'",
  "img-src data:",
].join("; ");

function hashOf(tag: "script" | "style"): string {
  const text = TRY_PAGE.slice(TRY_PAGE.indexOf(`<${tag}>`) + tag.length + 2, TRY_PAGE.indexOf(`</${tag}>`));
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
