import { html, raw, type Html } from "../html.ts";

/** A message as it is on the wire: start line and header names stand out. It scrolls by itself, so it can be focused. */
export function wireOf(message: string, label: string): Html {
  const [startLine = "", ...lines] = message.trimEnd().split("\r\n");
  let inBody = false;
  const rows = lines.map((line) => {
    if (line === "") inBody = true;
    const [, name, rest] = (inBody ? undefined : /^([\w-]+):(.*)$/.exec(line)) ?? [];
    return name === undefined ? html`${line}\n` : html`<i>${name}:</i>${rest}\n`;
  });
  return html`<pre class="wire" tabindex="0" role="region" aria-label="${label}" lang="en"${raw(' translate="no"')}><b>${startLine}</b>\n${rows}</pre>`;
}
