import assert from "node:assert/strict";
import { test } from "node:test";
import { preferredLanguage } from "./languages.ts";

test("the heaviest range that names one of our languages wins (RFC 9110 §12.5.4)", () => {
  assert.equal(preferredLanguage("de-CH,de;q=0.9,en;q=0.8"), "de");
  assert.equal(preferredLanguage("nl, en;q=0.4, fr;q=0.7"), "fr");
  assert.equal(preferredLanguage("zh-Hant-HK;q=0.8, zh;q=0.5"), "zh-TW");
  assert.equal(preferredLanguage("zh"), "zh-CN");
  assert.equal(preferredLanguage("pt-PT"), "pt-BR");
});

test("a weight of 0 refuses, and of equal weights the first counts (RFC 9110 §12.4.2)", () => {
  assert.equal(preferredLanguage("de;q=0, ja;q=0.1"), "ja");
  assert.equal(preferredLanguage("ru, ko"), "ru");
});

test("nothing that we speak, or nothing at all, is English", () => {
  assert.equal(preferredLanguage(undefined), "en");
  assert.equal(preferredLanguage("nl, *;q=0.5"), "en");
  assert.equal(preferredLanguage(";;;q=x,,"), "en");
  assert.equal(preferredLanguage(`${"nl,".repeat(20)}de`), "en");
  assert.equal(preferredLanguage("de", ["en", "fr"]), "en");
});
