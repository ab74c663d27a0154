import { readFileSync, statSync } from "node:fs";
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "./problem.ts";

/** Where this package begins; this file is in `src/config/` of a checkout or `dist/config/` of an installation. */
const ROOT = new URL("../../", import.meta.url);

/**
 * Runs a TypeScript (or JavaScript) config file and gives its default export, unchecked. `nexthop` and `nexthop/*` in
 * it and in what it imports are the running package, wherever the file lies and whatever is installed there.
 *
 * @throws ConfigError when it is not there, does not run, or exports nothing by default
 */
export async function loadConfigFile(path: string): Promise<unknown> {
  const file = resolve(path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw problem(path, "there is no such file");
  }
  resolveToRunningPackage();
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw problem(path, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  if (!("default" in module)) {
    throw problem(
      path,
      "it exports nothing by default; accepted: export default defineConfig({ … })",
    );
  }
  return module["default"];
}

let isHooked = false;

/** Stays for the life of the process: a config file may import later too. */
function resolveToRunningPackage(): void {
  if (isHooked) return;
  isHooked = true;
  const targets = exportedModules();
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      if (specifier !== "nexthop" && !specifier.startsWith("nexthop/")) {
        return nextResolve(specifier, context);
      }
      const target = targets.get(specifier);
      if (target === undefined) {
        throw new Error(`${specifier} does not exist; there are ${[...targets.keys()].join(", ")}`);
      }
      return { url: target, shortCircuit: true };
    },
  });
}

/** The package's own `exports`, in a checkout turned from what the build makes to what it is made from. */
function exportedModules(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL("package.json", ROOT), "utf8");
  const { exports } = JSON.parse(text) as { readonly exports: Readonly<Record<string, unknown>> };
  const isCheckout = import.meta.url.endsWith(".ts");
  const targets = new Map<string, string>();
  for (const [subpath, conditions] of Object.entries(exports)) {
    if (typeof conditions !== "object" || conditions === null) continue;
    if (!("default" in conditions) || typeof conditions.default !== "string") continue;
    const built = conditions.default;
    const path = isCheckout
      ? built.replace(/^\.\/dist\//, "./src/").replace(/\.js$/, ".ts")
      : built;
    targets.set(`nexthop${subpath.slice(1)}`, new URL(path, ROOT).href);
  }
  return targets;
}

function problem(path: string, accepted: string): ConfigError {
  return new ConfigError(path, [{ path: "", given: undefined, accepted }]);
}
