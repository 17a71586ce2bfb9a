// What Linux has and Swift cannot call: system calls without a function of their own, and functions of variable arguments.
// Each returns what the call does: -1 with errno where it failed.
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Of the name 15 bytes are kept.
static inline int name_this_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

// Starts a thread that nobody waits for. Signals are for the others, but for those that its own faults bring.
static inline int start_thread(void *(*body)(void *), void *argument) {
  static const int faults[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGPROF};
  sigset_t blocked, before;
  pthread_t thread;
  sigfillset(&blocked);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&blocked, faults[i]);
  // It begins with the mask of who starts it.
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  int status = pthread_create(&thread, NULL, body, argument);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (status == 0) pthread_detach(thread);
  return status;
}

static inline int forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

// Files are asked about here: whether Swift finds the members of struct stat hangs on what else a module imports.

// The device and the inode of an open file.
static inline int identity_of_file(int file, uint64_t *device, uint64_t *inode) {
  struct stat status;
  if (fstat(file, &status) != 0) return -1;
  *device = status.st_dev;
  *inode = status.st_ino;
  return 0;
}

// The size of an ordinary file; -1 where it is none.
static inline int64_t size_of_file(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? (int64_t)status.st_size : -1;
}

static inline int clear_ambient_capabilities(void) {
  return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static inline int drop_bounding_capability(int capability) { return prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); }

// Gives up every capability of this thread.
static inline int clear_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  return (int)syscall(SYS_capset, &header, none);
}

// Names a directory without reading it (O_PATH, which the C library shows to those who ask for GNU extensions).
static inline int open_place(const char *path) { return open(path, 010000000 | O_DIRECTORY | O_CLOEXEC); }

// A file that stands in no file system (memfd_create(2), which the C library shows to those who ask for GNU extensions).
static inline int open_memory(const char *name) { return (int)syscall(SYS_memfd_create, name, 1u); }

// Sets room aside for bytes of an open file, which gets no longer (fallocate(2), which the C library shows to the same).
static inline int reserve_room(int file, int64_t from, int64_t count) {
  return (int)syscall(SYS_fallocate, file, FALLOC_FL_KEEP_SIZE, from, count);
}

// Renames a file, never onto another (RENAME_NOREPLACE of renameat2(2), which the C library shows to the same).
static inline int rename_without_replacing(int from, const char *old, int to, const char *new) {
  return (int)syscall(SYS_renameat2, from, old, to, new, 1u);
}

// Landlock (landlock(7)); the C library has no functions for it, and headers older than the kernel not all of its rights.

static inline int landlock_version(void) {
#ifdef SYS_landlock_create_ruleset
  return (int)syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1u);
#else
  errno = ENOSYS;
  return -1;
#endif
}

static inline int landlock_make_ruleset(uint64_t handled) {
#ifdef SYS_landlock_create_ruleset
  struct {
    uint64_t handled_access_fs;
  } attributes = {handled};
  return (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0u);
#else
  errno = ENOSYS;
  return -1;
#endif
}

static inline int landlock_allow_beneath(int ruleset, int directory, uint64_t allowed) {
#ifdef SYS_landlock_add_rule
  struct {
    uint64_t allowed_access;
    int32_t parent_fd;
  } __attribute__((packed)) rule = {allowed, directory};
  return (int)syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0u);
#else
  errno = ENOSYS;
  return -1;
#endif
}

static inline int landlock_restrict(int ruleset) {
#ifdef SYS_landlock_restrict_self
  return (int)syscall(SYS_landlock_restrict_self, ruleset, 0u);
#else
  errno = ENOSYS;
  return -1;
#endif
}
