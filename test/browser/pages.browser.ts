import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import type { Browser, Page } from "puppeteer-core";
import type { CodeLanguage } from "../../src/codes/index.ts";
import { openWebServer, type WebServer } from "../../src/web/index.ts";
import { openBrowser, openPage, type View } from "./browser.ts";

/** One page of each kind. */
const PATHS = [
  "",
  "codes",
  "codes/404",
  "codes/702",
  "compare",
  "compare/404-480",
  "compare/100-404",
  "compare?a=404&b=999",
  "causes",
  "causes/user-unknown",
  "guides",
  "guides/stuck-on-100",
  "glossary",
  "who-sent-it",
  "search?q=busy",
];
const LANGUAGES: readonly CodeLanguage[] = ["en", "ja", "zh-CN", "ru"];
const WIDE: View = { widthPx: 1_280, scheme: "light" };
const VIEWS: readonly View[] = [
  WIDE,
  { widthPx: 1_280, scheme: "dark" },
  { widthPx: 360, scheme: "light" },
];
const FIRST_PAINT_BYTES = 50_000;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let web: WebServer;
let browser: Browser;
function fault(where: string, error: unknown): never {
  assert.fail(`${where}: ${String(error)}`);
}

before(async () => {
  web = await openWebServer({ address: "127.0.0.1", port: 0, fault });
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  await web.close();
});

for (const language of LANGUAGES) {
  for (const view of VIEWS) {
    test(`${language}, ${view.widthPx} px, ${view.scheme}: axe finds nothing against WCAG 2.2 AA, and no page is wider than the window`, async () => {
      const page = await openPage(browser, view);
      let shown = 0;
      for (const path of PATHS) {
        // One tab, one page after the other.
        // oxlint-disable-next-line no-await-in-loop
        shown += await holds(page, `${web.url}/${language}/${path}`);
      }
      // What a language does not have yet is 404, and that page was looked at.
      assert.ok(shown >= 5, `${shown} pages`);
      await page.close();
    });
  }
}

/** @returns 1 for a page, 0 for the one that says that there is none */
async function holds(page: Page, url: string): Promise<number> {
  const answer = await page.goto(url);
  await page.evaluate(axe.source);
  const { found, width } = (await page.evaluate(`
    axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ["violations"] }).then(({ violations }) => ({
      found: violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ": " + node.html.slice(0, 200) + " " + node.failureSummary)),
      width: document.documentElement.scrollWidth - window.innerWidth,
    }))`)) as { readonly found: readonly string[]; readonly width: number };
  assert.deepEqual(found, [], url);
  assert.ok(width <= 0, `${url} is ${width} px too wide`);
  return answer?.status() === 200 ? 1 : 0;
}

test("the chooser by keyboard alone: from the top of the page to the comparison", async () => {
  const page = await openPage(browser, WIDE);
  await page.goto(`${web.url}/en/compare`);
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "a.skip");
  await page.keyboard.press("Enter");
  await tabTo(page, "input[name=a]");
  await page.keyboard.type("480");
  await page.keyboard.press("Tab");
  await page.keyboard.type("404");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.equal(page.url(), `${web.url}/en/compare/404-480`);
  await page.close();
});

test("every stop of the Tab key can be seen, and lies inside the window after it was reached", async () => {
  const page = await openPage(browser, WIDE);
  await page.goto(`${web.url}/en/codes/404`);
  for (let stop = 0; stop < 40; stop += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await page.keyboard.press("Tab");
    // oxlint-disable-next-line no-await-in-loop
    const seen = await page.evaluate(`(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      const box = document.activeElement.getBoundingClientRect();
      return { outline: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, inside: box.bottom > 0 && box.top < innerHeight && box.width > 0, what: document.activeElement.outerHTML.slice(0, 80) };
    })()`);
    const { outline, inside, what } = seen as { outline: boolean; inside: boolean; what: string };
    assert.ok(outline && inside, what);
  }
  await page.close();
});

test("the browser itself refuses a number that is no code", async () => {
  const page = await openPage(browser, WIDE);
  await page.goto(`${web.url}/en/compare`);
  await page.type("input[name=a]", "404");
  await page.type("input[name=b]", "999");
  assert.equal(
    await page.evaluate(`document.querySelector("form.chooser").checkValidity()`),
    false,
  );
  await page.close();
});

test("first paint: everything that a page loads is under 50 KB", async () => {
  const page = await openPage(browser, WIDE);
  const session = await page.createCDPSession();
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  let sizeBytes = 0;
  session.on(
    "Network.loadingFinished",
    ({ encodedDataLength }) => (sizeBytes += encodedDataLength),
  );
  for (const language of LANGUAGES) {
    for (const path of PATHS) {
      sizeBytes = 0;
      // oxlint-disable-next-line no-await-in-loop
      await page.goto(`${web.url}/${language}/${path}`, { waitUntil: "networkidle0" });
      assert.ok(
        sizeBytes > 1_000 && sizeBytes < FIRST_PAINT_BYTES,
        `${language}/${path}: ${sizeBytes} bytes`,
      );
    }
  }
  await page.close();
});

test("nothing is refused by our own Content-Security-Policy, and no page logs an error", async () => {
  const page = await openPage(browser, WIDE);
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  for (const path of ["", "codes/404", "compare/100-404", "search?q=17"]) {
    // oxlint-disable-next-line no-await-in-loop
    await page.goto(`${web.url}/en/${path}`, { waitUntil: "networkidle0" });
  }
  assert.deepEqual(said, []);
  await page.close();
});

async function focused(page: Page): Promise<unknown> {
  return page.evaluate(
    `document.activeElement.tagName.toLowerCase() + (document.activeElement.className ? "." + document.activeElement.className : "")`,
  );
}

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let stop = 0; stop < 20; stop += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await page.keyboard.press("Tab");
    // oxlint-disable-next-line no-await-in-loop
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  assert.fail(`${selector} is not reached by the Tab key`);
}
