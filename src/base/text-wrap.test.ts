import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, inOneLine, padded, wrapped } from "./text-wrap.ts";

test("words are kept whole, and Chinese and Japanese break anywhere but before closing marks", () => {
  assert.deepEqual(wrapped("one two three", 8, 0, 2), ["one two", "  three"]);
  assert.deepEqual(wrapped("下一跳已收到请求。正在处理", 10), [
    "下一跳已收",
    "到请求。正",
    "在处理",
  ]);
  assert.deepEqual(wrapped("收到请求。好", 8), ["收到请", "求。好"]);
  assert.deepEqual(wrapped("返ります（RFC 3261）。", 10), ["返ります", "（RFC", "3261）。"]);
  assert.deepEqual(wrapped("It’s “so”. Yes", 6), ["It’s", "“so”.", "Yes"]);
});

test("no line begins with a small kana or the mark that lengthens a sound", () => {
  assert.deepEqual(wrapped("あパケット", 6), ["あパ", "ケット"]);
  assert.deepEqual(wrapped("ああサーバー", 8), ["ああサー", "バー"]);
});

test("Korean letters are wide, and Korean lines break between words", () => {
  assert.deepEqual(wrapped("단말이 없는 사용자", 10), ["단말이", "없는", "사용자"]);
});

test("at a no-break space no line ends", () => {
  assert.deepEqual(wrapped("after 3.1\u00a0ms it", 10), ["after", "3.1\u00a0ms it"]);
});

test("a word longer than the line is cut behind a hyphen that fits, else anywhere, by columns", () => {
  assert.deepEqual(wrapped("an Accept-Resource-Priority", 18), [
    "an",
    "Accept-Resource-",
    "Priority",
  ]);
  assert.deepEqual(wrapped("a 0123456789ab", 8), ["a", "01234567", "89ab"]);
  assert.deepEqual(wrapped("단말사용자", 5), ["단말", "사용", "자"]);
});

test("columns are filled by width, not by letters; more than fits stays", () => {
  assert.equal(padded("分支", 6), "分支  ");
  assert.equal(columnsOf(padded("ブランチ 1", 16)), 16);
  assert.equal(padded("too long", 3), "too long");
});

test("texts behind each other have a space between them where the script has spaces", () => {
  assert.equal(inOneLine("One.", "Two."), "One. Two.");
  assert.equal(inOneLine("返ります。", "次です。"), "返ります。次です。");
  assert.equal(inOneLine("해결:", "다음"), "해결: 다음");
  assert.equal(inOneLine("대기", "중"), "대기 중");
});
