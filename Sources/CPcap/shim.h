// libpcap, loaded when the first of these comes: a capture that is not read by our own reader, a filter, a live interface, a rare
// link type's name. It brings D-Bus, systemd and their compressors, ten libraries in all, which took a sixth of the time of a start.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>

#define PCAP_FUNCTIONS(each) \
  each(activate) \
  each(close) \
  each(compile) \
  each(create) \
  each(datalink) \
  each(datalink_val_to_name) \
  each(fileno) \
  each(findalldevs) \
  each(fopen_offline) \
  each(fopen_offline_with_tstamp_precision) \
  each(freealldevs) \
  each(freecode) \
  each(get_selectable_fd) \
  each(geterr) \
  each(next_ex) \
  each(offline_filter) \
  each(set_buffer_size) \
  each(set_immediate_mode) \
  each(set_promisc) \
  each(set_snaplen) \
  each(set_timeout) \
  each(set_tstamp_precision) \
  each(setfilter) \
  each(setnonblock) \
  each(stats) \
  each(statustostr)

// What is called of it, by the names without pcap_ in front.
struct pcap_functions {
#define DECLARE(name) __typeof__(pcap_##name) *_Nonnull name;
  PCAP_FUNCTIONS(DECLARE)
#undef DECLARE
};

// Fills in the functions. NULL, or what the system says where the library is not there or lacks one.
static inline const char *_Nullable load_pcap_functions(struct pcap_functions *_Nonnull functions) {
  // Debian's name for it, and everybody else's.
  void *library = dlopen("libpcap.so.0.8", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libpcap.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return dlerror();
  void *found;
#define FIND(name) \
  if ((found = dlsym(library, "pcap_" #name)) == NULL) return dlerror(); \
  functions->name = (__typeof__(pcap_##name) *)found;
  PCAP_FUNCTIONS(FIND)
#undef FIND
  return NULL;
}

// fopencookie(3) is a GNU extension, which the Swift importer does not show; these are its declarations under other names.
struct stream_functions {
  ssize_t (*read)(void *cookie, char *buffer, size_t size);
  ssize_t (*write)(void *cookie, const char *buffer, size_t size);
  int (*seek)(void *cookie, long long *offset, int whence);
  int (*close)(void *cookie);
};
FILE *open_stream(void *cookie, const char *mode, struct stream_functions functions) __asm__("fopencookie");

// An interface that was removed and made anew has another index. Binding the socket of a capture to it takes no privileges,
// where opening a new one does; libpcap has no call for it (packet(7)). Returns 0, or -1 with errno.
static inline int bind_capture(int descriptor, unsigned index, int promiscuous) {
  struct sockaddr_ll address;
  memset(&address, 0, sizeof address);
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = (int)index;
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  if (!promiscuous) return 0;
  struct packet_mreq request;
  memset(&request, 0, sizeof request);
  request.mr_ifindex = (int)index;
  request.mr_type = PACKET_MR_PROMISC;
  return setsockopt(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request);
}

// Whether an interface is there and up; `descriptor` is any socket.
static inline int interface_is_up(int descriptor, const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  return ioctl(descriptor, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0;
}

// Whether the interface that the socket of a capture was bound to is gone for good: it may be there again under its name.
static inline int capture_is_unbound(int descriptor) {
  struct sockaddr_ll address;
  socklen_t length = sizeof address;
  memset(&address, 0, sizeof address);
  return getsockname(descriptor, (struct sockaddr *)&address, &length) == 0 && address.sll_ifindex == -1;
}
