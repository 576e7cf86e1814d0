// Light or dark: as the system has it, until the reader chooses.
import { browser, getElement } from "./dom.ts";

const KEY = "muster-theme";
const root = browser.document.documentElement;
const button = getElement("site-theme");

function chosen(): string | undefined {
  try {
    return browser.localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // A browser that keeps nothing for files or in private windows.
  }
}

function show(theme: string | undefined): void {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : browser.matchMedia("(prefers-color-scheme: dark)").matches;
  button.textContent = isDark ? "Light" : "Dark";
}

button.hidden = false;
button.addEventListener("click", () => {
  const next = button.textContent === "Light" ? "light" : "dark";
  try {
    browser.localStorage.setItem(KEY, next);
  } catch {
    // It holds for this page then.
  }
  show(next);
});
show(chosen());
