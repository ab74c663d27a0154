import { readdirSync, readFileSync } from "node:fs";

/** Ids of a process and all that descend from it. */
export function processTree(rootId: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // The program's name may hold spaces and brackets: the fields start after the last ")".
    const stat = readOrEmpty(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    const siblings = childrenOf.get(parent);
    if (siblings === undefined) childrenOf.set(parent, [Number(name)]);
    else siblings.push(Number(name));
  }
  const tree = [rootId];
  for (const id of tree) tree.push(...(childrenOf.get(id) ?? []));
  return tree;
}

/** CPU time of a process tree, user and kernel, every thread of it, to the nanosecond. */
export function cpuMicrosecondsOf(rootId: number): number {
  let nanoseconds = 0;
  for (const id of processTree(rootId)) {
    for (const task of listOrEmpty(`/proc/${id}/task`)) {
      nanoseconds += Number(readOrEmpty(`/proc/${id}/task/${task}/schedstat`).split(" ")[0] || 0);
    }
  }
  return nanoseconds / 1000;
}

/** Anonymous resident memory of a process tree: what is not a file's page. Shared memory counts apart. */
export function memoryMegabytesOf(rootId: number): {
  readonly anonymous: number;
  readonly all: number;
} {
  let anonymous = 0;
  let all = 0;
  for (const id of processTree(rootId)) {
    const status = readOrEmpty(`/proc/${id}/status`);
    anonymous += Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    all += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return { anonymous: Math.round(anonymous / 1024), all: Math.round(all / 1024) };
}

/** A process or thread may end while it is being looked at. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // ended meanwhile
  }
}

function listOrEmpty(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // ended meanwhile
  }
}
