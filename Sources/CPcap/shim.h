#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/types.h>

// fopencookie(3) is a GNU extension, which the Swift importer does not show; these are its declarations under other names.
struct stream_functions {
  ssize_t (*read)(void *cookie, char *buffer, size_t size);
  ssize_t (*write)(void *cookie, const char *buffer, size_t size);
  int (*seek)(void *cookie, long long *offset, int whence);
  int (*close)(void *cookie);
};
FILE *open_stream(void *cookie, const char *mode, struct stream_functions functions) __asm__("fopencookie");
