import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "puppeteer-core";
import { buildSite } from "../../src/web/index.ts";
import { openBrowser, openPage } from "./browser.ts";

/** What a web server does with files: an index for a folder, 404 for the rest. */
function fileServer(folder: string): Server {
  return createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://x").pathname);
    for (const name of [path, `${path}/index.html`]) {
      try {
        const bytes = readFileSync(join(folder, name));
        const type = /\.(\w+)$/.exec(name)?.[1] ?? "";
        const types: Readonly<Record<string, string>> = {
          html: "text/html",
          css: "text/css",
          js: "text/javascript",
          svg: "image/svg+xml",
        };
        response.writeHead(200, { "content-type": types[type] ?? "application/json" }).end(bytes);
        return;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== "ENOENT" && code !== "EISDIR" && code !== "ENOTDIR") throw error;
      }
    }
    response.writeHead(404).end();
  });
}

const folder = mkdtempSync(join(tmpdir(), "nexthop-site-"));
const files = fileServer(join(folder, "public"));
let browser: Browser;
let url = "";
/** Of the comparisons one is enough. */
function wants(path: string): boolean {
  return !/^compare\/\d/.test(path) || path === "compare/404-480";
}

before(async () => {
  await buildSite({ folder: join(folder, "public"), languages: ["en", "ja"], wants });
  await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  files.closeAllConnections();
  files.close();
  rmSync(folder, { recursive: true });
});

const view = { widthPx: 1_280, scheme: "light" } as const;

test("without a server the search finds what it finds with one: number, phrase of a vendor, Q.850 cause, words", async () => {
  const page = await openPage(browser, view);
  for (const [language, query, first] of [
    ["en", "404", "404 Not Found"],
    ["en", "User unknown.", "404 Not Found"],
    ["en", "busy here", "486 Busy Here"],
    ["ja", "話し中", "486 Busy Here"],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop
    await page.goto(`${url}/${language}/search?q=${encodeURIComponent(query)}`, {
      waitUntil: "networkidle0",
    });
    // oxlint-disable-next-line no-await-in-loop
    const shown = await page.evaluate(`document.querySelector("#results a")?.textContent`);
    assert.equal(shown, first, query);
    // oxlint-disable-next-line no-await-in-loop
    const said = await page.evaluate(
      `document.querySelector("#results [role=status]").textContent`,
    );
    assert.match(String(said), new RegExp(query));
  }
  await page.goto(`${url}/en/search?q=one-way`, { waitUntil: "networkidle0" });
  assert.match(
    String(await page.evaluate(`document.querySelector("#results .cards a").href`)),
    /\/en\/guides\/one-way-audio$/,
  );
  await page.goto(`${url}/en/search?q=zzzzz`, { waitUntil: "networkidle0" });
  assert.match(
    String(await page.evaluate(`document.querySelector("#results").innerText`)),
    /Nothing found/,
  );
  await page.close();
});

test("without a server the chooser goes to the pair, whichever number is first", async () => {
  const page = await openPage(browser, view);
  await page.goto(`${url}/en/compare`);
  await page.type("input[name=a]", "480");
  await page.type("input[name=b]", "404");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.equal(new URL(page.url()).pathname, "/en/compare/404-480");
  await page.close();
});

test("without a script the site says where the list is", async () => {
  const page = await openPage(browser, view);
  await page.setJavaScriptEnabled(false);
  await page.goto(`${url}/en/search?q=404`);
  assert.match(await page.content(), /Without scripts there is no search here/);
  await page.close();
});
