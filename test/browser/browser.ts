import { existsSync } from "node:fs";
import { launch, type Browser, type Page } from "puppeteer-core";
import { endWithUs, needProgram } from "../interop/programs.ts";

const CHROMIUM = "/usr/bin/chromium";

/** How a page is looked at. */
export interface View {
  readonly widthPx: number;
  readonly scheme: "light" | "dark";
}

/** Debian's Chromium, without a window; installed when it is missing. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) needProgram("chromium", "chromium");
  // The sandbox needs rights that a container does not give; the pages are our own.
  const browser = await launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const child = browser.process();
  if (child !== null) endWithUs(child);
  return browser;
}

/** A tab of its own, looked at in that way. */
export async function openPage(browser: Browser, { widthPx, scheme }: View): Promise<Page> {
  const page = await browser.newPage();
  await page.setViewport({ width: widthPx, height: 800 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  return page;
}
