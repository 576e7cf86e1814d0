// A button on each block of code that copies it, where the browser lets pages do that.
import { type BrowserElement, browser } from "./dom.ts";

const clipboard = (globalThis as { navigator?: { clipboard?: { writeText(text: string): Promise<void> } } }).navigator
  ?.clipboard;

function addButton(block: BrowserElement): void {
  const button = browser.document.createElement("button");
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("type", "button");
  const code = block.children[0]?.textContent ?? "";
  button.addEventListener("click", () => {
    clipboard?.writeText(code).then(
      () => {
        button.textContent = "Copied";
      },
      () => {
        button.textContent = "Not allowed";
      },
    );
  });
  block.append(button);
}

if (clipboard)
  for (const block of Array.from(browser.document.querySelectorAll("pre[data-language]"))) addButton(block);
