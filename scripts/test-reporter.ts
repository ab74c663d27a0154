// What `npm test` prints: each failure whole, a line for each file, and node's own summary as its last lines.
import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

/** A node:test reporter that says little about what passed. The runner wants it as a default export. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) yield textOf(event);
}

function textOf(event: TestEvent): string {
  if (event.type === "test:stdout" || event.type === "test:stderr") return event.data.message;
  if (event.type === "test:diagnostic") return `# ${event.data.message}\n`;
  if (event.type === "test:fail") {
    const { file, line, name, details } = event.data;
    // A suite fails because of what is in it; that has been printed already.
    if ("failureType" in details.error && details.error.failureType === "subtestsFailed") return "";
    const error: unknown = details.error.cause ?? details.error;
    return `not ok: ${name} (${shown(file)}:${line ?? 1})\n${indent(inspect(error))}\n`;
  }
  if (event.type === "test:summary" && event.data.file !== undefined) {
    const { file, counts, duration_ms: durationMs } = event.data;
    const failed = counts.tests - counts.passed;
    const result = `${counts.passed} passed${failed === 0 ? "" : `, ${failed} not`}`;
    return `${failed === 0 ? "ok" : "not ok"}: ${shown(file)}: ${result}, ${Math.round(durationMs)} ms\n`;
  }
  return "";
}

function shown(file: string | undefined): string {
  return file === undefined ? "?" : relative(process.cwd(), file);
}

/** The runner's own frames say nothing about the failure. */
function indent(text: string): string {
  return text.replaceAll(/^ +at .*\(node:internal.*\n/gm, "").replaceAll(/^/gm, "    ");
}
