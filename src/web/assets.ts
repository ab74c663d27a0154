import { script, style } from "./generated/assets.js";

/** A file that goes with the pages. */
export interface Asset {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

const icon: Asset = {
  name: "icon.svg",
  type: "image/svg+xml; charset=utf-8",
  text: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#191c22"/><path d="M7 12h15m-4-4 4 4-4 4M25 21H10m4-4-4 4 4 4" fill="none" stroke="#fbfbf9" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`,
};

/** All of them. Style and script change their names with their text, so that they may be kept for ever. */
export const assets: readonly Asset[] = [
  { ...style, type: "text/css; charset=utf-8" },
  { ...script, type: "text/javascript; charset=utf-8" },
  icon,
];

export const assetNames = { style: style.name, script: script.name, icon: icon.name } as const;

/** The file of that name. */
export function assetNamed(name: string): Asset | undefined {
  return assets.find((each) => each.name === name);
}
