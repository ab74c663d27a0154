// A kernel that has no memory for a datagram just now. No setting makes one so, hence a library in between that says so.
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { batchAddon } from "../../src/transport/batch-addon.ts";
import { TransportCounters } from "../../src/transport/counters.ts";
import { UdpSocket } from "../../src/transport/udp-socket.ts";
import { limits, Recorder } from "../support/transport-recorder.ts";

const REFUSALS = 5;
const SHORT_OF_MEMORY = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
static int left = ${REFUSALS};
int sendmmsg(int descriptor, struct mmsghdr *heads, unsigned int count, int flags) {
  if (left-- > 0) { errno = ENOBUFS; return -1; }
  int (*real)(int, struct mmsghdr *, unsigned int, int) = dlsym(RTLD_NEXT, "sendmmsg");
  return real(descriptor, heads, count, flags);
}
`;

// This file is also the process that sends.
const [, , role, port = ""] = process.argv;

if (role === "sends") {
  const socket = await UdpSocket.open({
    endpoint: { transport: "udp", address: "127.0.0.1", port: 0 },
    limits,
    counters: new TransportCounters(),
    events: new Recorder(),
    addon: batchAddon(),
  });
  socket.send(socket.flowOf("127.0.0.1", Number(port)), "OPTIONS", 1);
} else {
  test("a datagram that the kernel has no memory for waits, and goes out after all (ENOBUFS)", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "nexthop-no-buffers-"));
    const receiver = createSocket("udp4").bind(0, "127.0.0.1");
    await once(receiver, "listening");
    let sender: ChildProcess | undefined;
    try {
      const library = compiled(folder);
      if (batchAddon() === undefined || library === undefined) {
        context.skip("no addon or no C compiler here; node:dgram waits by itself");
        return;
      }
      const ownArguments = [import.meta.filename, "sends", String(receiver.address().port)];
      const environment = { ...process.env, LD_PRELOAD: library };
      sender = spawn(process.execPath, ownArguments, { env: environment, stdio: "inherit" });
      const [bytes] = (await once(receiver, "message", { signal: AbortSignal.timeout(8_000) })) as [
        Buffer,
      ];
      assert.equal(bytes.toString("latin1"), "OPTIONS");
    } finally {
      sender?.kill("SIGKILL");
      receiver.close();
      rmSync(folder, { recursive: true });
    }
  });
}

function compiled(folder: string): string | undefined {
  const source = join(folder, "short.c");
  const library = join(folder, "short.so");
  writeFileSync(source, SHORT_OF_MEMORY);
  const { status } = spawnSync("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"]);
  return status === 0 ? library : undefined;
}
