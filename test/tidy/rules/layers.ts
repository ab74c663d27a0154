import { importsOf, type Import } from "../imports.ts";
import { layers, type Layer } from "../layer-table.ts";
import type { Source } from "../source.ts";
import { isProduct, type Finding, type Rule } from "../tree.ts";

/** A layer imports only what the table allows, and only through an `index.ts` (`base` file by file). */
export const layerRule: Rule = ({ sources }) =>
  sources.filter(({ path }) => isProduct(path)).flatMap((source) => findingsIn(source));

function findingsIn(source: Source): Finding[] {
  const name = layerOf(source.path);
  // src/index.ts gathers what the package offers: other indexes, nothing of its own.
  const layer = name === "" ? { pure: false, uses: Object.keys(layers) } : layers[name];
  if (layer === undefined) {
    return [{ path: source.path, line: 1, text: `"${name}" is not in the layer table` }];
  }
  return importsOf(source).flatMap((found) => {
    const text =
      found.path === undefined
        ? packageFault(layer, name, found)
        : fault(layer, name, found, found.path);
    return text === undefined ? [] : [{ path: source.path, line: found.line, text }];
  });
}

function fault(layer: Layer, name: string, found: Import, path: string): string | undefined {
  if (!path.startsWith("src/")) return `product code imports ${path}`;
  if (path.endsWith(".test.ts")) return `product code imports a test: ${path}`;
  const target = layerOf(path);
  if (target === name) return undefined;
  if (layers[target] === undefined) return `"${target}" is not in the layer table`;
  const inFull = layer.uses.includes(target);
  const typesOnly = !inFull && layer.typesOf?.includes(target) === true;
  if (!inFull && !typesOnly) return `${name} may not import ${target}`;
  if (typesOnly && !found.typesOnly)
    return `${name} may import types of ${target} only: import type`;
  if (target !== "base" && path !== `src/${target}/index.ts`) {
    return `import ${target} through its index.ts`;
  }
  return undefined;
}

/** Packages are named per layer; Node's own modules are the purity rule's business. */
function packageFault(layer: Layer, name: string, found: Import): string | undefined {
  if (found.specifier.startsWith("node:")) return undefined;
  const [scope = "", rest] = found.specifier.split("/");
  const packageName = scope.startsWith("@") ? `${scope}/${rest ?? ""}` : scope;
  if (layer.packages?.includes(packageName) === true) return undefined;
  return `${name === "" ? "src/index.ts" : name} may not import the package ${packageName}`;
}

function layerOf(path: string): string {
  const [, layer = "", file] = path.split("/");
  return file === undefined ? "" : layer;
}
