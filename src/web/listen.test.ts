import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { ServerError } from "../causes/index.ts";
import { openWebServer } from "./listen.ts";

const local = {
  address: "127.0.0.1",
  port: 0,
  fault: (where: string, error: unknown) => assert.fail(`${where}: ${String(error)}`),
};

test("it serves where it says, and a second one there is refused with the cause of any listener", async () => {
  const web = await openWebServer(local);
  const answer = await fetch(`${web.url}/en/codes/404`);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /Not Found/);
  const port = Number(new URL(web.url).port);
  await assert.rejects(openWebServer({ ...local, port }), (error) => {
    assert.ok(error instanceof ServerError);
    assert.equal(error.causeId, "listener-refused");
    assert.match(error.message, new RegExp(`http:127\\.0\\.0\\.1:${port}: .*EADDRINUSE`));
    return true;
  });
  await web.close();
});

test("it ends at once, although a connection is open that says nothing", async () => {
  const web = await openWebServer(local);
  const socket = connect(Number(new URL(web.url).port), "127.0.0.1");
  socket.on("error", () => undefined); // it is reset; that is the point
  await once(socket, "connect");
  const gone = once(socket, "close");
  await web.close();
  await gone;
});

test("a header larger than the limit is answered 431 and goes no further", async () => {
  const web = await openWebServer(local);
  const answer = await fetch(`${web.url}/en/`, { headers: { x: "x".repeat(9_000) } });
  assert.equal(answer.status, 431);
  await web.close();
});
