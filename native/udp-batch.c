// UDP many datagrams at a time: recvmmsg(2) and sendmmsg(2) on a socket that libuv polls.
//
// Theory. node:dgram takes one system call, one object and one call into JavaScript for each datagram. Here one call
// brings all that wait (up to RECEIVE_SLOTS), and what JavaScript answers meanwhile leaves together. Texts stand in two
// buffers and addresses in two tables, made once and shared with JavaScript (src/transport/batched-port.ts), so nothing
// is allocated for a datagram.
//
// Linux only, by its calls. Without this addon (no compiler, another system) node:dgram does the work.
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The part of libuv that is used. Its ABI is stable within version 1, and handles are opaque: their size is asked for.
typedef struct uv_loop_s uv_loop_t;
typedef struct uv_poll_s uv_poll_t;
typedef struct uv_handle_s uv_handle_t;
enum { UV_HANDLE_POLL = 8, UV_READABLE = 1, UV_WRITABLE = 2 };
size_t uv_handle_size(int type);
void *uv_handle_get_data(const uv_handle_t *handle);
void uv_handle_set_data(uv_handle_t *handle, void *data);
int uv_poll_init(uv_loop_t *loop, uv_poll_t *handle, int fd);
int uv_poll_start(uv_poll_t *handle, int events, void (*callback)(uv_poll_t *, int status, int events));
int uv_poll_stop(uv_poll_t *handle);
void uv_close(uv_handle_t *handle, void (*callback)(uv_handle_t *));

// These numbers are known to batched-port.ts as well; `layout` tells it if they differ.
enum {
  LAYOUT = 1,
  RECEIVE_SLOTS = 32,
  SLOT_BYTES = 65536,
  SEND_SLOTS = 128,
  SEND_BYTES = 262144,
  // A row of either table: size, port, four words of address (IPv4 in the first), where the text starts, errno.
  ROW_WORDS = 8,
  ROW_SIZE = 0,
  ROW_PORT = 1,
  ROW_ADDRESS = 2,
  ROW_OFFSET = 6,
  ROW_ERRNO = 7,
};

// So often in a row is the socket asked for more before timers and other sockets get their turn.
enum { RECEIVE_ROUNDS = 4 };

typedef struct {
  int descriptor;
  bool is_ipv6;
  bool is_closing;
  uv_poll_t *poll;
  napi_env env;
  napi_ref on_batch;
  napi_ref on_closed;
  napi_ref buffers[4];
  napi_async_context async_context;
  uint8_t *received;
  uint32_t *received_rows;
  uint8_t *sent;
  uint32_t *sent_rows;
  struct mmsghdr receive_heads[RECEIVE_SLOTS];
  struct iovec receive_parts[RECEIVE_SLOTS];
  struct sockaddr_storage receive_names[RECEIVE_SLOTS];
  struct mmsghdr send_heads[SEND_SLOTS];
  struct iovec send_parts[SEND_SLOTS];
  struct sockaddr_storage send_names[SEND_SLOTS];
} Port;

static void on_poll(uv_poll_t *poll, int status, int events);

static napi_value throw_errno(napi_env env, int number) {
  napi_value error, message, code;
  napi_create_string_utf8(env, strerror(number), NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, NULL, message, &error);
  napi_create_int32(env, number, &code);
  napi_set_named_property(env, error, "errno", code);
  napi_throw(env, error);
  return NULL;
}

static int receive_some(Port *port) {
  for (int at = 0; at < RECEIVE_SLOTS; at += 1) {
    port->receive_heads[at].msg_hdr.msg_namelen = sizeof(struct sockaddr_storage);
  }
  int count = recvmmsg(port->descriptor, port->receive_heads, RECEIVE_SLOTS, MSG_DONTWAIT, NULL);
  for (int at = 0; at < count; at += 1) {
    uint32_t *row = port->received_rows + at * ROW_WORDS;
    row[ROW_SIZE] = port->receive_heads[at].msg_len;
    if (port->is_ipv6) {
      struct sockaddr_in6 *name = (struct sockaddr_in6 *)&port->receive_names[at];
      row[ROW_PORT] = ntohs(name->sin6_port);
      memcpy(row + ROW_ADDRESS, &name->sin6_addr, 16);
      row[ROW_ERRNO] = name->sin6_scope_id;
    } else {
      struct sockaddr_in *name = (struct sockaddr_in *)&port->receive_names[at];
      row[ROW_PORT] = ntohs(name->sin_port);
      row[ROW_ADDRESS] = ntohl(name->sin_addr.s_addr);
    }
  }
  return count;
}

static void tell_batch(Port *port, int count) {
  napi_env env = port->env;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value callback, receiver, argument;
  napi_get_reference_value(env, port->on_batch, &callback);
  napi_get_global(env, &receiver);
  napi_create_int32(env, count, &argument);
  napi_make_callback(env, port->async_context, receiver, callback, 1, &argument, NULL);
  // What the callback throws is a bug of the listener: it ends the process as any uncaught exception does.
  bool is_pending = false;
  napi_is_exception_pending(env, &is_pending);
  if (is_pending) {
    napi_value error;
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  Port *port = uv_handle_get_data((uv_handle_t *)poll);
  if (status != 0) return;
  if ((events & UV_WRITABLE) != 0) {
    uv_poll_start(poll, UV_READABLE, on_poll);
    tell_batch(port, 0);
  }
  if ((events & UV_READABLE) == 0) return;
  for (int round = 0; round < RECEIVE_ROUNDS && !port->is_closing; round += 1) {
    int count = receive_some(port);
    // Errors of a datagram socket belong to what was sent earlier; nobody can be told which.
    if (count <= 0) return;
    tell_batch(port, count);
    if (count < RECEIVE_SLOTS) return;
  }
}

static void on_closed(uv_handle_t *handle) {
  Port *port = uv_handle_get_data(handle);
  napi_env env = port->env;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value callback, receiver;
  napi_get_reference_value(env, port->on_closed, &callback);
  napi_get_global(env, &receiver);
  napi_make_callback(env, port->async_context, receiver, callback, 0, NULL, NULL);
  napi_delete_reference(env, port->on_batch);
  napi_delete_reference(env, port->on_closed);
  for (int at = 0; at < 4; at += 1) napi_delete_reference(env, port->buffers[at]);
  napi_async_destroy(env, port->async_context);
  napi_close_handle_scope(env, scope);
  free(handle);
  free(port);
}

static int bind_socket(const char *address, int number, bool is_ipv6, bool reuse_port) {
  int descriptor = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  struct sockaddr_storage name = {0};
  socklen_t size;
  int on = 1;
  int is_bad = 0;
  if (reuse_port) is_bad = setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (is_ipv6) {
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&name;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(number);
    size = sizeof *six;
    if (inet_pton(AF_INET6, address, &six->sin6_addr) != 1) errno = EINVAL, is_bad = -1;
    if (is_bad == 0) is_bad = setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  } else {
    struct sockaddr_in *four = (struct sockaddr_in *)&name;
    four->sin_family = AF_INET;
    four->sin_port = htons(number);
    size = sizeof *four;
    if (inet_pton(AF_INET, address, &four->sin_addr) != 1) errno = EINVAL, is_bad = -1;
  }
  if (is_bad == 0) is_bad = bind(descriptor, (struct sockaddr *)&name, size);
  if (is_bad == 0) return descriptor;
  int number_of_error = errno;
  close(descriptor);
  return -number_of_error;
}

static void prepare_rows(Port *port) {
  for (int at = 0; at < RECEIVE_SLOTS; at += 1) {
    port->receive_parts[at].iov_base = port->received + (size_t)at * SLOT_BYTES;
    port->receive_parts[at].iov_len = SLOT_BYTES;
    struct msghdr *head = &port->receive_heads[at].msg_hdr;
    head->msg_name = &port->receive_names[at];
    head->msg_iov = &port->receive_parts[at];
    head->msg_iovlen = 1;
    port->received_rows[at * ROW_WORDS + ROW_OFFSET] = at * SLOT_BYTES;
  }
  for (int at = 0; at < SEND_SLOTS; at += 1) {
    struct msghdr *head = &port->send_heads[at].msg_hdr;
    head->msg_name = &port->send_names[at];
    head->msg_namelen = port->is_ipv6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    head->msg_iov = &port->send_parts[at];
    head->msg_iovlen = 1;
    port->send_names[at].ss_family = port->is_ipv6 ? AF_INET6 : AF_INET;
  }
}

// open(address, port, isIpv6, reusePort, buffers[4], onBatch, onClosed) → handle
static napi_value open_port(napi_env env, napi_callback_info info) {
  size_t count = 7;
  napi_value arguments[7];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  char address[64];
  int32_t number = 0;
  bool is_ipv6 = false, reuse_port = false;
  napi_get_value_string_utf8(env, arguments[0], address, sizeof address, NULL);
  napi_get_value_int32(env, arguments[1], &number);
  napi_get_value_bool(env, arguments[2], &is_ipv6);
  napi_get_value_bool(env, arguments[3], &reuse_port);
  int descriptor = bind_socket(address, number, is_ipv6, reuse_port);
  if (descriptor < 0) return throw_errno(env, -descriptor);
  Port *port = calloc(1, sizeof *port);
  port->descriptor = descriptor;
  port->is_ipv6 = is_ipv6;
  port->env = env;
  void *data[4];
  for (uint32_t at = 0; at < 4; at += 1) {
    napi_value buffer;
    napi_get_element(env, arguments[4], at, &buffer);
    napi_get_buffer_info(env, buffer, &data[at], NULL);
    napi_create_reference(env, buffer, 1, &port->buffers[at]);
  }
  port->received = data[0];
  port->received_rows = data[1];
  port->sent = data[2];
  port->sent_rows = data[3];
  prepare_rows(port);
  napi_create_reference(env, arguments[5], 1, &port->on_batch);
  napi_create_reference(env, arguments[6], 1, &port->on_closed);
  napi_value name;
  napi_create_string_utf8(env, "nexthop:udp", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &port->async_context);
  uv_loop_t *loop;
  napi_get_uv_event_loop(env, (struct uv_loop_s **)&loop);
  port->poll = calloc(1, uv_handle_size(UV_HANDLE_POLL));
  uv_poll_init(loop, port->poll, descriptor);
  uv_handle_set_data((uv_handle_t *)port->poll, port);
  napi_value handle;
  napi_create_external(env, port, NULL, NULL, &handle);
  return handle;
}

static Port *port_of(napi_env env, napi_callback_info info, size_t count, napi_value *arguments) {
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  void *port = NULL;
  napi_get_value_external(env, arguments[0], &port);
  return port;
}

// listen(handle): from here on `onBatch` is called
static napi_value listen_port(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  Port *port = port_of(env, info, 1, arguments);
  uv_poll_start(port->poll, UV_READABLE, on_poll);
  return NULL;
}

// flush(handle, from, count) → how many of the rows are done with; the rest waits until onBatch(0).
// A row that the kernel refused carries its errno; one that it took carries 0.
static napi_value flush_port(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  Port *port = port_of(env, info, 3, arguments);
  int32_t from = 0, count = 0;
  napi_get_value_int32(env, arguments[1], &from);
  napi_get_value_int32(env, arguments[2], &count);
  for (int at = from; at < from + count; at += 1) {
    uint32_t *row = port->sent_rows + at * ROW_WORDS;
    port->send_parts[at].iov_base = port->sent + row[ROW_OFFSET];
    port->send_parts[at].iov_len = row[ROW_SIZE];
    if (port->is_ipv6) {
      struct sockaddr_in6 *name = (struct sockaddr_in6 *)&port->send_names[at];
      name->sin6_port = htons(row[ROW_PORT]);
      memcpy(&name->sin6_addr, row + ROW_ADDRESS, 16);
      name->sin6_scope_id = row[ROW_ERRNO];
    } else {
      struct sockaddr_in *name = (struct sockaddr_in *)&port->send_names[at];
      name->sin_port = htons(row[ROW_PORT]);
      name->sin_addr.s_addr = htonl(row[ROW_ADDRESS]);
    }
    row[ROW_ERRNO] = 0;
  }
  int done = 0;
  while (done < count) {
    int sent = sendmmsg(port->descriptor, port->send_heads + from + done, count - done, MSG_DONTWAIT);
    if (sent > 0) {
      done += sent;
      continue;
    }
    if (errno == EINTR) continue;
    // ENOBUFS passes as well, and a call must not fail by it: libuv waits for both alike.
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      uv_poll_start(port->poll, UV_READABLE | UV_WRITABLE, on_poll);
      break;
    }
    port->sent_rows[(from + done) * ROW_WORDS + ROW_ERRNO] = errno;
    done += 1;
  }
  napi_value result;
  napi_create_int32(env, done, &result);
  return result;
}

// port(handle) → the port that the socket is bound to
static napi_value port_number(napi_env env, napi_callback_info info) {
  napi_value arguments[1], result;
  Port *port = port_of(env, info, 1, arguments);
  struct sockaddr_storage name = {0};
  socklen_t size = sizeof name;
  getsockname(port->descriptor, (struct sockaddr *)&name, &size);
  int number = ntohs(port->is_ipv6 ? ((struct sockaddr_in6 *)&name)->sin6_port
                                   : ((struct sockaddr_in *)&name)->sin_port);
  napi_create_int32(env, number, &result);
  return result;
}

// receiveBuffer(handle, askedBytes) → what the kernel gives
static napi_value receive_buffer(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  Port *port = port_of(env, info, 2, arguments);
  int bytes = 0;
  socklen_t size = sizeof bytes;
  napi_get_value_int32(env, arguments[1], &bytes);
  // Some kernels refuse instead of giving less; what they do give is what counts.
  (void)setsockopt(port->descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  getsockopt(port->descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, &size);
  napi_create_int32(env, bytes, &result);
  return result;
}

// nameOf(handle, row) → the address in a row of what was received, as text; IPv6 with its zone where it has one
static napi_value name_of(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  Port *port = port_of(env, info, 2, arguments);
  int32_t at = 0;
  napi_get_value_int32(env, arguments[1], &at);
  char text[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE] = "";
  if (port->is_ipv6) {
    struct sockaddr_in6 *name = (struct sockaddr_in6 *)&port->receive_names[at];
    inet_ntop(AF_INET6, &name->sin6_addr, text, INET6_ADDRSTRLEN);
    size_t size = strlen(text);
    if (name->sin6_scope_id != 0 && if_indextoname(name->sin6_scope_id, text + size + 1) != NULL) {
      text[size] = '%';
    }
  } else {
    inet_ntop(AF_INET, &((struct sockaddr_in *)&port->receive_names[at])->sin_addr, text, INET_ADDRSTRLEN);
  }
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

// words(address) → [four words as they stand in a row, the zone's number]; undefined when it is no IP address
static napi_value words_of(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1], result;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  char text[128];
  napi_get_value_string_utf8(env, arguments[0], text, sizeof text, NULL);
  uint32_t words[5] = {0};
  struct in_addr four;
  if (inet_pton(AF_INET, text, &four) == 1) {
    words[0] = ntohl(four.s_addr);
  } else {
    char *zone = strchr(text, '%');
    if (zone != NULL) {
      *zone = '\0';
      words[4] = if_nametoindex(zone + 1);
    }
    if (inet_pton(AF_INET6, text, words) != 1) return NULL;
  }
  napi_create_array_with_length(env, 5, &result);
  for (uint32_t at = 0; at < 5; at += 1) {
    napi_value word;
    napi_create_uint32(env, words[at], &word);
    napi_set_element(env, result, at, word);
  }
  return result;
}

// close(handle): `onClosed` is called when it is done; the handle is not to be used again
static napi_value close_port(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  Port *port = port_of(env, info, 1, arguments);
  if (port->is_closing) return NULL;
  port->is_closing = true;
  uv_poll_stop(port->poll);
  close(port->descriptor);
  uv_close((uv_handle_t *)port->poll, on_closed);
  return NULL;
}

static void export_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  napi_value layout;
  napi_create_int32(env, LAYOUT, &layout);
  napi_set_named_property(env, exports, "layout", layout);
  export_function(env, exports, "open", open_port);
  export_function(env, exports, "listen", listen_port);
  export_function(env, exports, "flush", flush_port);
  export_function(env, exports, "port", port_number);
  export_function(env, exports, "receiveBuffer", receive_buffer);
  export_function(env, exports, "nameOf", name_of);
  export_function(env, exports, "words", words_of);
  export_function(env, exports, "close", close_port);
  return exports;
}
