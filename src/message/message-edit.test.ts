import assert from "node:assert/strict";
import { test } from "node:test";
import { inviteWith, okWith } from "../../test/support/messages.ts";
import { Header } from "./header-ids.ts";
import { isMalformed } from "./malformed.ts";
import { MessageEdit } from "./message-edit.ts";
import { parseMessage } from "./parse.ts";
import type { Source } from "./types.ts";

function edit(text: string, change: (edit: MessageEdit) => void, source?: Source): string {
  const parsed = parseMessage(text, source);
  assert.ok(!isMalformed(parsed), JSON.stringify(parsed));
  const editing = new MessageEdit(parsed);
  change(editing);
  const edited = editing.text();
  assert.ok(!isMalformed(parseMessage(edited)), edited);
  assert.equal(parsed.text, text);
  return edited;
}

const odd = {
  Via: "v :  SIP / 2.0/UDP   192.0.2.10;branch=b1 ,\r\n SIP/2.0/TCP b.org ;  branch=b2",
  Contact: "m:<sip:a@x.org>  ",
  X: "x-Odd:;;,,;;,;",
};

test("without an edit the text is the same, byte for byte (RFC 3261 §16.6 step 1)", () => {
  const text = inviteWith({ ...odd, "Content-Length": "l:4" }, "\0\xff\r\n");
  assert.equal(
    edit(text, () => {}),
    text,
  );
});

test("what a datagram carried outside the message is left behind (RFC 4475 §3.1.1.8)", () => {
  const text = inviteWith({}, "INVITE sip:again");
  assert.equal(
    edit(`\r\n${text}`, () => {}),
    inviteWith(),
  );
});

test("a Request-URI is replaced in its place", () => {
  const text = edit(inviteWith(odd), (e) => {
    e.setRequestUri("sip:bob@192.0.2.20:5062");
    e.setRequestUri("sip:bob@192.0.2.20:5063;ob");
  });
  assert.equal(text, inviteWith({ ...odd, "": "INVITE sip:bob@192.0.2.20:5063;ob SIP/2.0" }));
});

test("what is prepended becomes the topmost of its kind, the last one first", () => {
  const text = edit(inviteWith(odd), (e) => {
    e.prepend(Header.Via, "SIP/2.0/UDP one.org;branch=1");
    e.prepend(Header.Via, "SIP/2.0/UDP two.org;branch=2");
  });
  const lines = `Via: SIP/2.0/UDP two.org;branch=2\r\nVia: SIP/2.0/UDP one.org;branch=1\r\n${odd.Via}`;
  assert.equal(text, inviteWith({ ...odd, Via: lines }));
});

test("what is prepended and has no kin goes to the top", () => {
  const text = edit(inviteWith(), (e) => e.prepend(Header.RecordRoute, "<sip:me.org;lr>"));
  assert.ok(
    text.startsWith("INVITE sip:bob@example.org SIP/2.0\r\nRecord-Route: <sip:me.org;lr>\r\nVia: "),
  );
});

test("what is appended goes behind the last of its kind, in order, else to the end (RFC 3261 §7.3.1)", () => {
  const text = edit(inviteWith({ Route: "Route: <sip:a.org;lr>" }), (e) => {
    e.append(Header.Contact, "<sip:second@x.org>");
    e.append(Header.Path, "<sip:p.org;lr>");
    e.append(Header.Path, "<sip:q.org;lr>");
  });
  const contacts = "Contact: <sip:alice@192.0.2.10>\r\nContact: <sip:second@x.org>";
  assert.equal(
    text,
    inviteWith({
      Contact: contacts,
      Route: "Route: <sip:a.org;lr>",
      Path: "Path: <sip:p.org;lr>\r\nPath: <sip:q.org;lr>",
    }),
  );
});

test("a value is replaced in its field, whose name stays as it was written", () => {
  const original = { "Max-Forwards": "mAX-fORWARDS :  0070  ", Subject: "s:" };
  const text = edit(inviteWith(original), (e) => {
    e.set(Header.MaxForwards, "69");
    e.set(Header.MaxForwards, "68");
    e.set(Header.Subject, "new");
  });
  assert.equal(text, inviteWith({ "Max-Forwards": "mAX-fORWARDS :  68  ", Subject: "s: new" }));
});

test("a value that is set where no such field is adds one, once", () => {
  const text = edit(inviteWith({ "Max-Forwards": undefined }), (e) => {
    e.set(Header.MaxForwards, "70");
    e.set(Header.MaxForwards, "69");
    e.set(Header.MaxBreadth, "60");
  });
  assert.ok(text.endsWith("Content-Length: 0\r\nMax-Forwards: 69\r\nMax-Breadth: 60\r\n\r\n"));
});

function withoutFirstVias(count: number): string {
  const vias =
    "Via: SIP/2.0/UDP a.org , SIP/2.0/UDP b.org\r\nv: SIP/2.0/UDP c.org,SIP/2.0/UDP d.org";
  return edit(okWith({ Via: vias }), (e) => {
    for (let done = 0; done < count; done += 1) e.removeFirstValue(Header.Via);
  });
}

test("the topmost value goes out of a comma list, then the field with its last (RFC 3261 §16.7 step 3)", () => {
  assert.equal(
    withoutFirstVias(1),
    okWith({ Via: "Via: SIP/2.0/UDP b.org\r\nv: SIP/2.0/UDP c.org,SIP/2.0/UDP d.org" }),
  );
  assert.equal(withoutFirstVias(2), okWith({ Via: "v: SIP/2.0/UDP c.org,SIP/2.0/UDP d.org" }));
  assert.equal(withoutFirstVias(3), okWith({ Via: "v: SIP/2.0/UDP d.org" }));
});

test("a topmost Route with a comma in its quotes is one value", () => {
  const text = edit(
    inviteWith({ Route: 'Route: "a, b" <sip:a.org;lr>,\r\n  <sip:b.org;lr>' }),
    (e) => e.removeFirstValue(Header.Route),
  );
  assert.equal(text, inviteWith({ Route: "Route: <sip:b.org;lr>" }));
});

test("removing what is not there, or more than there is, does nothing more", () => {
  const text = edit(inviteWith({ Route: "Route: <sip:a.org>, <sip:b.org>" }), (e) => {
    for (let done = 0; done < 5; done += 1) e.removeFirstValue(Header.Route);
    e.removeAll(Header.Path);
    e.removeByName("X-None");
  });
  assert.equal(text, inviteWith());
});

test("all fields of a name go, compact ones and those without an id too", () => {
  const text = edit(
    inviteWith({ m: "m: <sip:two@x.org>", X: "x-mine : 1\r\n folded", Y: "X-Minestrone: 2" }),
    (e) => {
      e.removeAll(Header.Contact);
      e.removeByName("X-Mine");
      e.removeByName("subject");
    },
  );
  assert.equal(text, inviteWith({ Contact: undefined, Y: "X-Minestrone: 2" }));
});

test("fields can be removed and put in anew", () => {
  const text = edit(inviteWith({ Route: "Route: <sip:a.org>" }), (e) => {
    e.removeAll(Header.Route);
    e.append(Header.Route, "<sip:b.org>");
    e.append(Header.Route, "<sip:c.org>");
    e.removeAll(Header.Contact);
    e.set(Header.Contact, "<sip:d.org>");
  });
  assert.ok(
    text.endsWith(
      "Content-Length: 0\r\nRoute: <sip:b.org>\r\nRoute: <sip:c.org>\r\nContact: <sip:d.org>\r\n\r\n",
    ),
  );
});

test("a request from elsewhere than its Via says is marked as received from there (RFC 3261 §18.2.1)", () => {
  const source = { address: "203.0.113.7", port: 40_000 };
  const marked = (via: string) => {
    const text = edit(inviteWith({ Via: `Via: ${via}` }), () => {}, source);
    return /Via: (.*)\r\n/.exec(text)?.[1];
  };
  assert.equal(
    marked("SIP/2.0/UDP 192.0.2.10;branch=b"),
    "SIP/2.0/UDP 192.0.2.10;received=203.0.113.7;branch=b",
  );
  assert.equal(
    marked("SIP/2.0/UDP host.org:5070;branch=b, SIP/2.0/UDP b.org"),
    "SIP/2.0/UDP host.org:5070;received=203.0.113.7;branch=b, SIP/2.0/UDP b.org",
  );
  assert.equal(marked("SIP/2.0/UDP 203.0.113.7;branch=b"), "SIP/2.0/UDP 203.0.113.7;branch=b");
});

test("who asks for rport gets the source port and received, even where the host is right (RFC 3581 §4)", () => {
  const source = { address: "2001:db8::7", port: 40_000 };
  const marked = (via: string) => {
    const text = edit(inviteWith({ Via: `Via: ${via}` }), () => {}, source);
    return /Via: (.*)\r\n/.exec(text)?.[1];
  };
  assert.equal(
    marked("SIP/2.0/UDP [2001:DB8::7];rport;branch=b"),
    "SIP/2.0/UDP [2001:DB8::7];received=2001:db8::7;rport=40000;branch=b",
  );
  assert.equal(marked("SIP/2.0/UDP [2001:DB8::7];branch=b"), "SIP/2.0/UDP [2001:DB8::7];branch=b");
  assert.equal(
    marked("SIP/2.0/UDP x.org;received=1.2.3.4;branch=b;rport=9"),
    "SIP/2.0/UDP x.org;received=2001:db8::7;branch=b;rport=40000",
  );
  assert.equal(
    marked("SIP/2.0/UDP x.org;rport;received=[::1]"),
    "SIP/2.0/UDP x.org;rport=40000;received=2001:db8::7",
  );
});

test("edits of a Via that is marked and then removed leave nothing behind", () => {
  const text = edit(
    inviteWith({ Via: "Via: SIP/2.0/UDP a.org;rport, SIP/2.0/UDP b.org" }),
    (e) => e.removeFirstValue(Header.Via),
    { address: "203.0.113.7", port: 9 },
  );
  assert.equal(text, inviteWith({ Via: "Via: SIP/2.0/UDP b.org" }));
});

test("a value of two lines is our own mistake", () => {
  assert.throws(() => edit(inviteWith(), (e) => e.append(Header.Subject, "a\r\nX: y")));
});
