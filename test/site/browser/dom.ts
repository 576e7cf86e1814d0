// What of a browser the scripts of the site use. The compiler of this repository knows Node alone, and one place says the rest.

export type Listener = (event: BrowserEvent) => void;

export interface BrowserEvent {
  readonly key?: string;
  readonly target?: unknown;
  readonly ctrlKey?: boolean;
  readonly metaKey?: boolean;
  readonly altKey?: boolean;
  preventDefault(): void;
}

export interface BrowserElement {
  id: string;
  className: string;
  textContent: string | null;
  value: string;
  href: string;
  src: string;
  hidden: boolean;
  disabled: boolean;
  readonly tagName: string;
  readonly isContentEditable: boolean;
  readonly dataset: Record<string, string | undefined>;
  readonly children: ArrayLike<BrowserElement>;
  /** Of a `select`. */
  readonly selectedIndex: number;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  append(...nodes: readonly (BrowserElement | string)[]): void;
  replaceChildren(...nodes: readonly (BrowserElement | string)[]): void;
  addEventListener(type: string, listener: Listener): void;
  focus(): void;
  blur(): void;
  click(): void;
  scrollIntoView(options: { readonly block: "nearest" }): void;
}

interface Browser {
  readonly document: BrowserElement & {
    readonly documentElement: BrowserElement;
    readonly body: BrowserElement;
    readonly head: BrowserElement;
    readonly activeElement: BrowserElement | null;
    getElementById(id: string): BrowserElement | null;
    createElement(name: string): BrowserElement;
    querySelectorAll(selector: string): ArrayLike<BrowserElement>;
  };
  readonly location: { hash: string };
  readonly localStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
  matchMedia(query: string): { readonly matches: boolean };
  addEventListener(type: string, listener: Listener): void;
}

/** The window that the script runs in. */
export const browser = globalThis as unknown as Browser;

/** The element of a page that the site made itself. @throws {Error} if the page has none of the id. */
export function getElement(id: string): BrowserElement {
  const found = browser.document.getElementById(id);
  if (found) return found;
  throw new Error(`Cannot find the element ${id} on this page`);
}
