// A file as memory: what is stored into it is the kernel's at once, and survives this process without a system call.
//
// Used for the log of bindings (src/location/log-file.ts). Without this addon each writing is a write(2).
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <fcntl.h>
#include <node_api.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static napi_value throw_errno(napi_env env, int number) {
  napi_value error, message, code;
  napi_create_string_utf8(env, strerror(number), NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, NULL, message, &error);
  napi_create_int32(env, number, &code);
  napi_set_named_property(env, error, "errno", code);
  napi_throw(env, error);
  return NULL;
}

static void unmap(napi_env env, void *memory, void *size) {
  (void)env;
  munmap(memory, (size_t)(uintptr_t)size);
}

// map(descriptor, sizeBytes) → Buffer. The room is taken on the disk now: a full disk is met here, never by a store.
static napi_value map_file(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2], buffer;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  int32_t descriptor = -1;
  uint32_t size = 0;
  napi_get_value_int32(env, arguments[0], &descriptor);
  napi_get_value_uint32(env, arguments[1], &size);
  int number = posix_fallocate(descriptor, 0, size);
  if (number != 0) return throw_errno(env, number);
  int protection = PROT_READ | PROT_WRITE;
  void *memory = mmap(NULL, size, protection, MAP_SHARED | MAP_POPULATE, descriptor, 0);
  if (memory == MAP_FAILED) return throw_errno(env, errno);
  void *hint = (void *)(uintptr_t)size;
  if (napi_create_external_buffer(env, size, memory, unmap, hint, &buffer) != napi_ok) {
    munmap(memory, size);
    return throw_errno(env, ENOTSUP);
  }
  return buffer;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "map", NAPI_AUTO_LENGTH, map_file, NULL, &function);
  napi_set_named_property(env, exports, "map", function);
  return exports;
}
