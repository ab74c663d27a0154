import { randomInt } from "node:crypto";
import type { Terminal } from "./terminal.ts";

/** Without what is mistaken for something else: people type these into telephones. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
/** Five bits each: 80 bits. */
const GENERATED_CHARS = 16;

const ENTER = 13;
const NEWLINE = 10;
const CTRL_C = 3;
const CTRL_D = 4;
const BACKSPACE = 8;
const DELETE = 127;

/** A password, and whether the person has to be told it. */
export interface ChosenPassword {
  readonly password: string;
  readonly isGenerated: boolean;
}

/** The one given; else asks twice on a terminal (nothing typed: one is made); else makes one. undefined: given up. */
export async function choosePassword(
  given: string | undefined,
  terminal: Terminal,
): Promise<ChosenPassword | undefined> {
  if (given !== undefined) return { password: given, isGenerated: false };
  if (!terminal.isInteractive) return { password: generatedPassword(), isGenerated: true };
  const first = await ask("Password (Enter alone makes one): ");
  if (first === undefined) return undefined;
  if (first === "") return { password: generatedPassword(), isGenerated: true };
  const second = await ask("Once more: ");
  if (second === first) return { password: first, isGenerated: false };
  if (second !== undefined) terminal.error("The two differ.");
  return undefined;
}

function generatedPassword(): string {
  let password = "";
  while (password.length < GENERATED_CHARS) password += ALPHABET[randomInt(ALPHABET.length)];
  return password;
}

/** Reads a line that is not shown. undefined for Ctrl-C and Ctrl-D. */
function ask(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  // Before the question, so that nothing typed at once is shown.
  stdin.setRawMode(true);
  stderr.write(question);
  stdin.setEncoding("utf8");
  stdin.resume();
  return new Promise((resolve) => {
    let typed = "";
    const end = (answer: string | undefined): void => {
      stdin.off("data", read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write("\n");
      resolve(answer);
    };
    const read = (text: string): void => {
      for (const character of text) {
        const code = character.codePointAt(0);
        if (code === ENTER || code === NEWLINE) {
          end(typed);
          return;
        }
        if (code === CTRL_C || code === CTRL_D) {
          end(undefined);
          return;
        }
        if (code === BACKSPACE || code === DELETE) typed = Array.from(typed).slice(0, -1).join("");
        else typed += character;
      }
    };
    stdin.on("data", read);
  });
}
