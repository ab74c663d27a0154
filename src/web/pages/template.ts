import { escaped, raw, type Html } from "../html.ts";

/** A sentence of a cause: `{placeholders}` stand out as what the server fills in; code as code. */
export function says(template: string): Html {
  return raw(
    template
      .split(/(`[^`]+`)/)
      .map((part, at) => (at % 2 === 1 ? `<code>${slots(part.slice(1, -1))}</code>` : slots(part)))
      .join(""),
  );
}

function slots(text: string): string {
  return escaped(text).replaceAll(/\{(\w+)\}/g, `<var lang="en">$1</var>`);
}
