import { pino } from "pino";

/** What the operator of a running server is told besides `ready`. */
export interface OperatorLog {
  info(event: string, text: string): void;
  warn(event: string, text: string): void;
  /** Something of our surroundings, or of ours, did not do what it should. */
  fault(where: string, error: unknown): void;
}

const STDERR = 2;

/** A log on standard error: a line for people, or one JSON object an event. Written before the call returns. */
export function operatorLog(form: "people" | "json"): OperatorLog {
  return form === "json" ? jsonLog() : peopleLog();
}

function peopleLog(): OperatorLog {
  return {
    info: (_event, text) => writeLine("info ", text),
    warn: (_event, text) => writeLine("warn ", text),
    fault: (where, error) => writeLine("fault", `${where}: ${textOf(error)}`),
  };
}

function writeLine(level: string, text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${level} ${text}\n`);
}

function jsonLog(): OperatorLog {
  const logger = pino({ base: null }, pino.destination({ fd: STDERR, sync: true }));
  return {
    info: (event, text) => logger.info({ event }, text),
    warn: (event, text) => logger.warn({ event }, text),
    fault: (where, error) => {
      const stack = error instanceof Error ? error.stack : undefined;
      logger.error({ event: "fault", where, stack }, textOf(error));
    },
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
