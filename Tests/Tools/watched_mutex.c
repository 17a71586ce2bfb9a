/* Lets the thread sanitizer see a Synchronization.Mutex being taken and given back where threads meet at it.
 *
 *   clang -O1 -c -o watched_mutex.o watched_mutex.c
 *   swift build --sanitize=thread -Xlinker watched_mutex.o
 *
 * The quick way is compiled into whoever locks, and watched there. The slow one is two functions of the standard library, which
 * is not built for the sanitizer: in it the kernel hands the lock over (FUTEX_LOCK_PI). These stand before them, call them, and
 * say what they do. They are called as Swift calls methods, and are where the program finds them first.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

/* The sanitizer's; there are none in what SwiftPM links for itself. */
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *handle

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

static void *behind(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (!function) abort();
  return function;
}

METHOD void lock_slowly(uint32_t thread, SELF) __asm__(LOCK);
METHOD void lock_slowly(uint32_t thread, SELF) {
  ((METHOD void (*)(uint32_t, SELF))behind(LOCK))(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

METHOD _Bool try_lock_slowly(SELF) __asm__(TRY_LOCK);
METHOD _Bool try_lock_slowly(SELF) {
  _Bool isTaken = ((METHOD _Bool (*)(SELF))behind(TRY_LOCK))(handle);
  if (isTaken && __tsan_acquire) __tsan_acquire(handle);
  return isTaken;
}

METHOD void unlock_slowly(SELF) __asm__(UNLOCK);
METHOD void unlock_slowly(SELF) {
  if (__tsan_release) __tsan_release(handle);
  ((METHOD void (*)(SELF))behind(UNLOCK))(handle);
}
