/*
 * Load generator: plays both ends of whole calls over UDP loopback, correctly enough to be believed.
 *
 * Theory: the caller's socket sends INVITE, ACK and BYE as a UAC does that follows RFC 3261 §12 (route set from
 * Record-Route, remote target from Contact); the callee's socket, in the same process, answers 180 and 200. Each
 * side checks what arrives, so a server that is fast because it is wrong shows up as a fault. Requests are repeated
 * from T1 on (RFC 3261 §17.1.1.2); a run in which anything was repeated says so. One JSON line at the end.
 *
 * Everything is one thread and a few fixed arrays; messages go out in batches, so that the generator costs little
 * beside what it measures. It sends to 127.0.0.1 only, and stops by itself.
 *
 *   generator MODE --server PORT --callee PORT --users N (--outstanding W | --rate R) --seconds S [--count N] [--sleep 1]
 *   MODE: call, notfound, register
 *
 * It does not sleep while it runs: waking a sleeping peer costs whoever sends to it, on a virtual machine tens of
 * microseconds a message, and that would be counted as the server's work. `--sleep 1` does sleep.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 16384, BATCH = 64, MESSAGE_MAX = 4096, SHORT_MAX = 512, LATENCIES_MAX = 1 << 22 };
enum { T1_US = 500000, T2_US = 4000000, GIVE_UP_US = 32000000, DRAIN_US = 8000000 };
enum mode { CALL, NOTFOUND, REGISTER };
enum state { FREE, INVITED, ANSWERED, ENDING, REGISTERING };

static const char *DOMAIN = "bench.test";
static const char *SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                         "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";

struct slot {
  enum state state;
  int proceeding;           /* a provisional response came: the INVITE is not repeated any more */
  unsigned generation;      /* tells this use of the slot from earlier ones */
  unsigned user;
  int64_t started_us, due_us, interval_us;
  char to_tag[128], target[SHORT_MAX], routes[SHORT_MAX]; /* the dialog, caller's side */
  struct sockaddr_in next_hop;
  /* callee's side */
  int invited, acknowledged;
  int64_t answer_due_us, answer_interval_us;
  struct sockaddr_in answer_to;
  int answer_length;
  char answer[MESSAGE_MAX];
};

struct out {
  int length;
  struct sockaddr_in to;
  char text[MESSAGE_MAX];
};

static struct slot slots[SLOTS];
static int free_slots[SLOTS], free_count, busy;
static struct out queue[2][BATCH];
static int queued[2];
static int sockets[2]; /* 0 caller, 1 callee */
static int caller_port, callee_port;
static struct sockaddr_in server;
static enum mode mode;
static unsigned users = 100, run_id, next_user;
static unsigned long started, completed, failed, retransmitted, strays, sent, received, not_started;
static uint32_t *latencies;
static unsigned long latency_count;
static char first_fault[256];

static int64_t now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void fault(const char *format, ...) {
  if (first_fault[0] != 0) return;
  va_list values;
  va_start(values, format);
  vsnprintf(first_fault, sizeof first_fault, format, values);
  va_end(values);
  for (char *at = first_fault; *at; at++)
    if (*at == '"' || *at == '\\' || (unsigned char)*at < 32) *at = ' ';
}

/* ---- sending ---- */

static void flush_queue(int side) {
  struct mmsghdr headers[BATCH];
  struct iovec vectors[BATCH];
  int from = 0;
  while (from < queued[side]) {
    int count = queued[side] - from;
    memset(headers, 0, sizeof *headers * count);
    for (int at = 0; at < count; at++) {
      struct out *out = &queue[side][from + at];
      vectors[at] = (struct iovec){out->text, out->length};
      headers[at].msg_hdr.msg_name = &out->to;
      headers[at].msg_hdr.msg_namelen = sizeof out->to;
      headers[at].msg_hdr.msg_iov = &vectors[at];
      headers[at].msg_hdr.msg_iovlen = 1;
    }
    int done = sendmmsg(sockets[side], headers, count, 0);
    if (done < 0) {
      if (errno == EINTR || errno == EAGAIN || errno == ECONNREFUSED) continue;
      fault("sendmmsg: %s", strerror(errno));
      break;
    }
    from += done;
    sent += done;
  }
  queued[side] = 0;
}

/* Room for one message on that side; fill it, set its length. */
static struct out *next_out(int side, struct sockaddr_in to) {
  if (queued[side] == BATCH) flush_queue(side);
  struct out *out = &queue[side][queued[side]++];
  out->to = to;
  return out;
}

static void send_invite(int at) {
  struct slot *slot = &slots[at];
  struct out *out = next_out(0, server);
  char user[32];
  snprintf(user, sizeof user, mode == CALL ? "user%u" : "nobody%u", slot->user);
  out->length = snprintf(out->text, MESSAGE_MAX,
    "INVITE sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;rport;branch=z9hG4bKi%d.%u.%u\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:caller@%s>;tag=c%d.%u\r\nTo: <sip:%s@%s>\r\n"
    "Call-ID: %d.%u.%u@127.0.0.1\r\nCSeq: 1 INVITE\r\nContact: <sip:caller@127.0.0.1:%d>\r\n"
    "User-Agent: bench\r\nContent-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
    user, DOMAIN, caller_port, at, slot->generation, run_id, DOMAIN, at, slot->generation, user, DOMAIN,
    at, slot->generation, run_id, caller_port, strlen(SDP), SDP);
}

/* ACK to a 2xx and BYE go by the dialog (RFC 3261 §12.2.1.1), ACK to a failure by its INVITE's way (§17.1.1.3). */
static void send_in_dialog(int at, const char *method, int cseq) {
  struct slot *slot = &slots[at];
  struct out *out = next_out(0, slot->next_hop);
  out->length = snprintf(out->text, MESSAGE_MAX,
    "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;rport;branch=z9hG4bK%c%d.%u.%u\r\n%s"
    "Max-Forwards: 70\r\nFrom: <sip:caller@%s>;tag=c%d.%u\r\nTo: <sip:user%u@%s>;tag=%s\r\n"
    "Call-ID: %d.%u.%u@127.0.0.1\r\nCSeq: %d %s\r\nUser-Agent: bench\r\nContent-Length: 0\r\n\r\n",
    method, slot->target, caller_port, method[0] == 'A' ? 'a' : 'b', at, slot->generation, run_id, slot->routes,
    DOMAIN, at, slot->generation, slot->user, DOMAIN, slot->to_tag,
    at, slot->generation, run_id, cseq, method);
}

static void send_failure_ack(int at, const char *to_tag) {
  struct slot *slot = &slots[at];
  struct out *out = next_out(0, server);
  out->length = snprintf(out->text, MESSAGE_MAX,
    "ACK sip:nobody%u@%s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;rport;branch=z9hG4bKi%d.%u.%u\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:caller@%s>;tag=c%d.%u\r\nTo: <sip:nobody%u@%s>;tag=%s\r\n"
    "Call-ID: %d.%u.%u@127.0.0.1\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
    slot->user, DOMAIN, caller_port, at, slot->generation, run_id, DOMAIN, at, slot->generation,
    slot->user, DOMAIN, to_tag, at, slot->generation, run_id);
}

/* Each user agent keeps its Call-ID and counts its CSeq up, as it should (RFC 3261 §10.2). */
static void send_register(int at) {
  struct slot *slot = &slots[at];
  struct out *out = next_out(0, server);
  out->length = snprintf(out->text, MESSAGE_MAX,
    "REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;rport;branch=z9hG4bKr%d.%u.%u\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:user%u@%s>;tag=r%d.%u\r\nTo: <sip:user%u@%s>\r\n"
    "Call-ID: r%u.%u@127.0.0.1\r\nCSeq: %lu REGISTER\r\nContact: <sip:user%u@127.0.0.1:%d>\r\n"
    "Expires: 3600\r\nUser-Agent: bench\r\nContent-Length: 0\r\n\r\n",
    DOMAIN, caller_port, at, slot->generation, run_id, slot->user, DOMAIN, at, slot->generation,
    slot->user, DOMAIN, slot->user, run_id, 1 + (unsigned long)(slot->started_us & 0x3fffffff), slot->user,
    callee_port);
}

/* ---- reading ---- */

static const char *line_end(const char *at) {
  const char *end = strstr(at, "\r\n");
  return end ? end : at + strlen(at);
}

/* The value of the nth (from 0) header field of that name, in full or compact; NULL when there is none. */
static const char *header(const char *text, const char *name, char compact, int nth, int *length) {
  size_t width = strlen(name);
  for (const char *line = line_end(text); line[0] && strncmp(line, "\r\n\r\n", 4) != 0; line = line_end(line)) {
    line += 2;
    const char *colon = NULL;
    if (strncasecmp(line, name, width) == 0 && (line[width] == ':' || line[width] == ' ')) colon = line + width;
    else if (compact && (line[0] | 32) == compact && (line[1] == ':' || line[1] == ' ')) colon = line + 1;
    if (colon == NULL) continue;
    while (*colon == ' ') colon++;
    if (*colon != ':' || nth-- > 0) continue;
    const char *value = colon + 1;
    while (*value == ' ') value++;
    *length = (int)(line_end(value) - value);
    return value;
  }
  return NULL;
}

/* slot.generation.run, as written into Call-ID and branch. */
static int slot_of(const char *text) {
  unsigned at, generation, run;
  if (sscanf(text, "%u.%u.%u", &at, &generation, &run) != 3 || run != run_id || at >= SLOTS) return -1;
  return slots[at].state != FREE && slots[at].generation == generation ? (int)at : -1;
}

static int tag_of(const char *value, int length, char *tag, int size) {
  const char *end = value + length;
  const char *at = memchr(value, '>', length);
  for (at = at ? at : value; at && at < end; at++) {
    if (strncasecmp(at, ";tag=", 5) != 0) continue;
    int width = (int)strcspn(at + 5, ";\r\n \t");
    if (width >= size) return 0;
    memcpy(tag, at + 5, width);
    tag[width] = 0;
    return 1;
  }
  return 0;
}

/* The address in a numeric SIP URI: `sip:user@127.0.0.1:5060;lr`. */
static int address_of(const char *uri, int length, struct sockaddr_in *address) {
  char copy[SHORT_MAX];
  if (length >= SHORT_MAX) return 0;
  memcpy(copy, uri, length);
  copy[length] = 0;
  char *host = strstr(copy, "sip:");
  if (host == NULL) return 0;
  host += 4;
  char *at = strchr(host, '@');
  if (at) host = at + 1;
  host[strcspn(host, ";>?")] = 0;
  int port = 5060;
  char *colon = strchr(host, ':');
  if (colon) {
    *colon = 0;
    port = atoi(colon + 1);
  }
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_port = htons(port);
  return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

/* Route set of the UAC: Record-Route of the response, in reverse (RFC 3261 §12.1.2). */
static int learn_dialog(struct slot *slot, const char *text) {
  const char *values[16];
  int lengths[16], count = 0, length;
  for (int nth = 0; count < 16; nth++) {
    const char *value = header(text, "Record-Route", 0, nth, &length);
    if (value == NULL) break;
    const char *end = value + length;
    while (value < end && count < 16) {
      int width = 0, inside = 0;
      while (value + width < end && (inside || value[width] != ',')) {
        if (value[width] == '<') inside = 1;
        if (value[width] == '>') inside = 0;
        width++;
      }
      values[count] = value;
      lengths[count++] = width;
      value += width + 1;
      while (value < end && *value == ' ') value++;
    }
  }
  const char *contact = header(text, "Contact", 'm', 0, &length);
  if (contact == NULL) return 0;
  const char *open = memchr(contact, '<', length), *close = memchr(contact, '>', length);
  if (!open || !close || close - open >= SHORT_MAX) return 0;
  memcpy(slot->target, open + 1, close - open - 1);
  slot->target[close - open - 1] = 0;
  int used = 0;
  slot->routes[0] = 0;
  for (int at = count - 1; at >= 0; at--) {
    int width = snprintf(slot->routes + used, SHORT_MAX - used, "Route: %.*s\r\n", lengths[at], values[at]);
    used += width;
    if (used >= SHORT_MAX) return 0;
  }
  if (count > 0) return address_of(values[count - 1], lengths[count - 1], &slot->next_hop);
  return address_of(slot->target, (int)strlen(slot->target), &slot->next_hop);
}

/* ---- the caller ---- */

static void end_slot(int at, int well) {
  struct slot *slot = &slots[at];
  if (well) completed++;
  else failed++;
  slot->state = FREE;
  free_slots[free_count++] = at;
  busy--;
}

static void start_one(int64_t now) {
  if (free_count == 0) {
    not_started++;
    return;
  }
  int at = free_slots[--free_count];
  struct slot *slot = &slots[at];
  busy++;
  started++;
  slot->state = mode == REGISTER ? REGISTERING : INVITED;
  slot->generation++;
  slot->user = next_user++ % users;
  slot->started_us = now;
  slot->interval_us = T1_US;
  slot->due_us = now + T1_US;
  slot->proceeding = slot->invited = slot->acknowledged = 0;
  slot->answer_due_us = INT64_MAX;
  if (mode == REGISTER) send_register(at);
  else send_invite(at);
}

static void note_latency(int64_t us) {
  if (latency_count < LATENCIES_MAX) latencies[latency_count++] = (uint32_t)us;
}

static void caller_reads(const char *text, int64_t now) {
  int length, status = 0;
  if (sscanf(text, "SIP/2.0 %d", &status) != 1) {
    strays++;
    fault("caller got a request: %.60s", text);
    return;
  }
  const char *via = header(text, "Via", 'v', 0, &length);
  const char *branch = via ? strstr(via, "branch=z9hG4bK") : NULL;
  const char kind = branch ? branch[14] : 0;
  int at = branch ? slot_of(branch + 15) : -1;
  if (at < 0) {
    strays++;
    return;
  }
  struct slot *slot = &slots[at];
  if (kind == 'r' && slot->state == REGISTERING) {
    if (status < 200) return;
    if (status != 200) fault("REGISTER answered %d", status);
    note_latency(now - slot->started_us);
    end_slot(at, status == 200);
    return;
  }
  if (kind == 'b' && slot->state == ENDING) {
    if (status < 200) return;
    if (status != 200) fault("BYE answered %d", status);
    if (!slot->acknowledged) fault("BYE was answered before the ACK arrived");
    end_slot(at, status == 200 && slot->acknowledged);
    return;
  }
  if (kind != 'i') return;
  if (status < 200) {
    if (slot->state == INVITED) slot->proceeding = 1;
    return;
  }
  if (slot->state != INVITED) { /* a final response again: its ACK is sent again */
    retransmitted++;
    if (status < 300) send_in_dialog(at, "ACK", 1);
    return;
  }
  const char *to = header(text, "To", 't', 0, &length);
  if (to == NULL || !tag_of(to, length, slot->to_tag, sizeof slot->to_tag)) {
    fault("final response %d without a To tag", status);
    end_slot(at, 0);
    return;
  }
  if (mode == NOTFOUND || status >= 300) {
    note_latency(now - slot->started_us);
    send_failure_ack(at, slot->to_tag);
    if (status != 404 || mode != NOTFOUND) fault("INVITE answered %.40s", text);
    end_slot(at, mode == NOTFOUND && status == 404);
    return;
  }
  note_latency(now - slot->started_us);
  if (!learn_dialog(slot, text)) {
    fault("200 without a usable Contact or Record-Route");
    end_slot(at, 0);
    return;
  }
  slot->state = ENDING;
  send_in_dialog(at, "ACK", 1);
  send_in_dialog(at, "BYE", 2);
  slot->interval_us = T1_US;
  slot->due_us = now + T1_US;
}

/* ---- the callee ---- */

static int respond(char *into, const char *text, const char *status, int at, int with_body) {
  int used = snprintf(into, MESSAGE_MAX, "SIP/2.0 %s\r\n", status), length;
  const char *value;
  for (int nth = 0; (value = header(text, "Via", 'v', nth, &length)); nth++)
    used += snprintf(into + used, MESSAGE_MAX - used, "Via: %.*s\r\n", length, value);
  if (at >= 0)
    for (int nth = 0; (value = header(text, "Record-Route", 0, nth, &length)); nth++)
      used += snprintf(into + used, MESSAGE_MAX - used, "Record-Route: %.*s\r\n", length, value);
  value = header(text, "From", 'f', 0, &length);
  used += snprintf(into + used, MESSAGE_MAX - used, "From: %.*s\r\n", value ? length : 0, value ? value : "");
  value = header(text, "To", 't', 0, &length);
  used += snprintf(into + used, MESSAGE_MAX - used, "To: %.*s", value ? length : 0, value ? value : "");
  if (at >= 0) used += snprintf(into + used, MESSAGE_MAX - used, ";tag=d%d.%u", at, slots[at].generation);
  value = header(text, "Call-ID", 'i', 0, &length);
  used += snprintf(into + used, MESSAGE_MAX - used, "\r\nCall-ID: %.*s\r\n", value ? length : 0, value ? value : "");
  value = header(text, "CSeq", 0, 0, &length);
  used += snprintf(into + used, MESSAGE_MAX - used, "CSeq: %.*s\r\n", value ? length : 0, value ? value : "");
  if (at >= 0)
    used += snprintf(into + used, MESSAGE_MAX - used, "Contact: <sip:user%u@127.0.0.1:%d>\r\n", slots[at].user, callee_port);
  if (with_body)
    used += snprintf(into + used, MESSAGE_MAX - used, "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s", strlen(SDP), SDP);
  else used += snprintf(into + used, MESSAGE_MAX - used, "Content-Length: 0\r\n\r\n");
  return used;
}

/* The request inside the dialog is the one that the caller sent, with its Route taken off (RFC 3261 §16.4). */
static void check_in_dialog(int at, const char *text, const char *cseq) {
  char target[96], tag[128], wanted[64];
  int length;
  snprintf(target, sizeof target, " sip:user%u@127.0.0.1:%d ", slots[at].user, callee_port);
  if (strncmp(text + 3, target, strlen(target)) != 0) fault("not to the remote target: %.80s", text);
  if (header(text, "Route", 0, 0, &length)) fault("a Route header field is left: %.40s", text);
  const char *to = header(text, "To", 't', 0, &length);
  snprintf(wanted, sizeof wanted, "d%d.%u", at, slots[at].generation);
  if (!to || !tag_of(to, length, tag, sizeof tag) || strcmp(tag, wanted) != 0) fault("wrong To tag: %.40s", text);
  const char *value = header(text, "CSeq", 0, 0, &length);
  if (!value || strncmp(value, cseq, strlen(cseq)) != 0) fault("wrong CSeq: %.40s", text);
}

static void callee_reads(const char *text, struct sockaddr_in from, int64_t now) {
  int length;
  const char *call_id = header(text, "Call-ID", 'i', 0, &length);
  int at = call_id ? slot_of(call_id) : -1;
  if (strncmp(text, "INVITE ", 7) == 0) {
    if (at < 0) {
      strays++;
      return;
    }
    struct slot *slot = &slots[at];
    if (slot->invited++ > 0) {
      retransmitted++;
      return; /* the 200 is repeated on its own timer */
    }
    struct out *out = next_out(1, from);
    out->length = respond(out->text, text, "180 Ringing", at, 0);
    slot->answer_length = respond(slot->answer, text, "200 OK", at, 1);
    slot->answer_to = from;
    slot->answer_interval_us = T1_US;
    slot->answer_due_us = now + T1_US;
    out = next_out(1, from);
    out->length = slot->answer_length;
    memcpy(out->text, slot->answer, slot->answer_length + 1);
  } else if (strncmp(text, "ACK ", 4) == 0) {
    if (at < 0) {
      strays++;
      return;
    }
    if (slots[at].acknowledged++ == 0) check_in_dialog(at, text, "1 ACK");
    slots[at].answer_due_us = INT64_MAX;
  } else if (strncmp(text, "BYE ", 4) == 0) {
    if (at >= 0) check_in_dialog(at, text, "2 BYE");
    else retransmitted++;
    struct out *out = next_out(1, from);
    out->length = respond(out->text, text, "200 OK", -1, 0);
  } else {
    strays++;
    fault("callee got %.60s", text);
  }
}

/* ---- the loop ---- */

static void fire_timers(int64_t now) {
  for (int at = 0; at < SLOTS; at++) {
    struct slot *slot = &slots[at];
    if (slot->state == FREE) continue;
    if (now - slot->started_us >= GIVE_UP_US) {
      fault("nothing came for 32 s in state %d", slot->state);
      end_slot(at, 0);
      continue;
    }
    if (slot->answer_due_us <= now) {
      slot->answer_interval_us = slot->answer_interval_us * 2 > T2_US ? T2_US : slot->answer_interval_us * 2;
      slot->answer_due_us = now + slot->answer_interval_us;
      struct out *out = next_out(1, slot->answer_to);
      out->length = slot->answer_length;
      memcpy(out->text, slot->answer, slot->answer_length + 1);
      retransmitted++;
    }
    if (slot->due_us > now || (slot->state == INVITED && slot->proceeding)) continue;
    slot->interval_us *= 2;
    if (slot->state != INVITED && slot->interval_us > T2_US) slot->interval_us = T2_US;
    slot->due_us = now + slot->interval_us;
    retransmitted++;
    if (slot->state == INVITED) send_invite(at);
    else if (slot->state == ENDING) send_in_dialog(at, "BYE", 2);
    else send_register(at);
  }
}

static void read_side(int side) {
  static char texts[BATCH][MESSAGE_MAX];
  struct sockaddr_in from[BATCH];
  struct mmsghdr headers[BATCH];
  struct iovec vectors[BATCH];
  for (int at = 0; at < BATCH; at++) {
    vectors[at] = (struct iovec){texts[at], MESSAGE_MAX - 1};
    memset(&headers[at], 0, sizeof headers[at]);
    headers[at].msg_hdr.msg_name = &from[at];
    headers[at].msg_hdr.msg_namelen = sizeof from[at];
    headers[at].msg_hdr.msg_iov = &vectors[at];
    headers[at].msg_hdr.msg_iovlen = 1;
  }
  int count = recvmmsg(sockets[side], headers, BATCH, MSG_DONTWAIT, NULL);
  int64_t now = now_us();
  for (int at = 0; at < count; at++) {
    received++;
    texts[at][headers[at].msg_len] = 0;
    if (side == 0) caller_reads(texts[at], now);
    else callee_reads(texts[at], from[at], now);
  }
}

static int open_socket(int port, int *bound) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 8 << 20;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  socklen_t length = sizeof address;
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    fprintf(stderr, "cannot bind 127.0.0.1:%d: %s\n", port, strerror(errno));
    exit(1);
  }
  getsockname(fd, (struct sockaddr *)&address, &length);
  *bound = ntohs(address.sin_port);
  return fd;
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static double percentile_ms(double share) {
  return latency_count ? latencies[(unsigned long)(share * (latency_count - 1))] / 1000.0 : 0;
}

static double number(int argc, char **argv, const char *name, double otherwise) {
  for (int at = 2; at + 1 < argc; at++)
    if (strcmp(argv[at], name) == 0) return atof(argv[at + 1]);
  return otherwise;
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (strcmp(name, "call") == 0) mode = CALL;
  else if (strcmp(name, "notfound") == 0) mode = NOTFOUND;
  else if (strcmp(name, "register") == 0) mode = REGISTER;
  else {
    fprintf(stderr, "usage: generator call|notfound|register --server PORT --callee PORT --users N "
                    "(--outstanding W | --rate R) --seconds S [--count N]\n");
    return 2;
  }
  users = (unsigned)number(argc, argv, "--users", 100);
  double rate = number(argc, argv, "--rate", 0), seconds = number(argc, argv, "--seconds", 3);
  unsigned long count = (unsigned long)number(argc, argv, "--count", 0);
  int sleeping = number(argc, argv, "--sleep", 0) != 0;
  int outstanding = (int)number(argc, argv, "--outstanding", 32);
  if (outstanding > SLOTS) outstanding = SLOTS;
  if (seconds > 120) seconds = 120;
  server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((int)number(argc, argv, "--server", 5060))};
  inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);
  sockets[0] = open_socket(0, &caller_port);
  callee_port = (int)number(argc, argv, "--callee", 0);
  /* A REGISTER only names the callee's port; nobody has to listen there. */
  sockets[1] = mode == CALL ? open_socket(callee_port, &callee_port) : -1;
  run_id = (unsigned)(now_us() / 1000 % 100000000);
  latencies = malloc(sizeof *latencies * LATENCIES_MAX);
  for (int at = 0; at < SLOTS; at++) free_slots[free_count++] = SLOTS - 1 - at;

  int64_t begin = now_us(), end = begin + (int64_t)(seconds * 1e6), last = begin, timers_due = begin;
  for (;;) {
    int64_t now = now_us();
    int starting = now < end && (count == 0 || started < count);
    if (starting && rate > 0) {
      unsigned long wanted = (unsigned long)((now - begin) * rate / 1e6);
      while (started + not_started < wanted && (count == 0 || started < count)) start_one(now);
    } else if (starting) {
      while (busy < outstanding && (count == 0 || started < count)) start_one(now);
    }
    if (!starting && busy == 0) break;
    if (now > end + DRAIN_US) {
      fault("%d still open %d s after the end", busy, DRAIN_US / 1000000);
      failed += busy;
      break;
    }
    if (now >= timers_due) {
      fire_timers(now);
      timers_due = now + 20000;
    }
    flush_queue(0);
    if (mode == CALL) flush_queue(1);
    if (sleeping) {
      struct pollfd polls[2] = {{sockets[0], POLLIN, 0}, {sockets[1], POLLIN, 0}};
      poll(polls, mode == CALL ? 2 : 1, rate > 0 && starting ? 1 : 20);
    }
    read_side(0);
    if (mode == CALL) read_side(1);
    if (starting) last = now_us();
  }
  flush_queue(0);
  if (mode == CALL) flush_queue(1);
  double took = (last - begin) / 1e6;
  qsort(latencies, latency_count, sizeof *latencies, by_value);
  printf("{\"mode\":\"%s\",\"seconds\":%.3f,\"started\":%lu,\"completed\":%lu,\"failed\":%lu,\"notStarted\":%lu,"
         "\"retransmissions\":%lu,\"strays\":%lu,\"messagesSent\":%lu,\"messagesReceived\":%lu,\"perSecond\":%.1f,"
         "\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"maxMs\":%.3f,\"firstFault\":\"%s\"}\n",
         name, took, started, completed, failed, not_started, retransmitted, strays, sent, received,
         took > 0 ? completed / took : 0, percentile_ms(0.5), percentile_ms(0.99), percentile_ms(1), first_fault);
  return 0;
}
