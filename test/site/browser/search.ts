// The search field: it takes its index when it is first used, and is worked by keys alone.
import { type BrowserElement, browser, getElement } from "./dom.ts";
import { findEntries, type IndexedPage } from "./find-entries.ts";

const { document } = browser;
const root = document.body.dataset.root ?? "";
const field = getElement("site-search");
const list = getElement("site-found");
let selected = -1;
let asked = false;

/** A script rather than a file that is fetched: a site that is opened from a disk may fetch nothing. */
const readIndex = () => (globalThis as { musterSearchIndex?: readonly IndexedPage[] }).musterSearchIndex;

function askForIndex(): void {
  if (asked) return;
  asked = true;
  const script = document.createElement("script");
  script.src = `${root}search-index.js`;
  script.addEventListener("load", show);
  document.head.append(script);
}

function show(): void {
  const found = findEntries(readIndex() ?? [], field.value);
  selected = -1;
  field.removeAttribute("aria-activedescendant");
  list.replaceChildren(
    ...found.map(({ href, text, title }, index) => {
      const link = document.createElement("a");
      link.href = root + href;
      const place = document.createElement("small");
      place.textContent = title;
      link.append(text, place);
      const item = document.createElement("li");
      item.id = `site-found-${index}`;
      item.setAttribute("role", "option");
      item.append(link);
      return item;
    }),
  );
  list.hidden = found.length === 0;
  field.setAttribute("aria-expanded", String(found.length > 0));
}

function select(next: number): void {
  const items = Array.from(list.children);
  if (items.length === 0) return;
  items[selected]?.removeAttribute("aria-selected");
  selected = (next + items.length) % items.length;
  const item = items[selected];
  item?.setAttribute("aria-selected", "true");
  item?.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", `site-found-${selected}`);
}

function close(): void {
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.blur();
}

const isTyping = (element: BrowserElement | null) =>
  element !== null && /^(?:INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

field.disabled = false;
field.addEventListener("focus", askForIndex);
field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") select(selected + 1);
  else if (event.key === "ArrowUp") select(selected - 1);
  else if (event.key === "Enter") list.children[Math.max(0, selected)]?.children[0]?.click();
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(document.activeElement)) return;
  event.preventDefault();
  field.focus();
});
