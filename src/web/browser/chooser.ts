import type { Location, Page } from "./dom.ts";

declare const document: Page;
declare const location: Location;

// The chooser without a server: the form's answer would be a redirect, so the script goes there itself.

function goToPair(action: string, a: string, b: string): boolean {
  const [low, high] = [a, b].map(Number).toSorted((one, other) => one - other);
  if (!/^\d{3}$/.test(a) || !/^\d{3}$/.test(b) || low === high) return false;
  location.href = `${action.replace(/\/$/, "")}/${low}-${high}`;
  return true;
}

for (const form of document.querySelectorAll("form.chooser")) {
  const field = (name: string): string => form.elements.namedItem(name)?.value ?? "";
  form.addEventListener("submit", (event) => {
    if (goToPair(form.action, field("a"), field("b"))) event.preventDefault();
  });
  // The form was sent before the script was there.
  const asked = new URLSearchParams(location.search);
  goToPair(form.action, asked.get("a") ?? "", asked.get("b") ?? "");
}
