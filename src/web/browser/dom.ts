// The little of the browser that our scripts use, so that the rest of the project need not know of it.

export interface Element {
  readonly dataset: Readonly<Record<string, string | undefined>>;
  textContent: string | null;
  innerHTML: string;
  value: string;
  href: string;
  className: string;
  lang: string;
  readonly elements: { namedItem(name: string): Element | null };
  readonly action: string;
  querySelector(selector: string): Element | null;
  append(...children: (Element | string)[]): void;
  replaceChildren(...children: Element[]): void;
  addEventListener(name: "submit", listener: (event: { preventDefault(): void }) => void): void;
}

export interface Page {
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  createElement(name: string): Element;
  title: string;
}

export interface Location {
  href: string;
  readonly search: string;
}
