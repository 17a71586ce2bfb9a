// What any reader of a capture must at least spend: loops to hold smtpscope against.
//
//   limits count FILE                     libpcap hands over every packet; packets and bytes are counted
//   limits hash FILE                      the same, and SHA-256 runs over the payload of every TCP segment
//   limits tell FILE OUTPUT BYTES         as count, and so many bytes of any text are written to a file on the way
//   limits keep FILE DIRECTORY COUNT BYTES  as hash, and so many bytes of payload go into so many files
//
// The last two are the floor of what writes much beside what it reads: give them what smtpscope wrote of the same capture.
//
// Build: cc -O2 -o limits limits.c -lpcap -lcrypto

#include <fcntl.h>
#include <openssl/evp.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned be16(const uint8_t *at) { return (unsigned)at[0] << 8 | at[1]; }

// The TCP payload of an Ethernet frame as it lies in the capture; NULL when there is none. No IPv6 extension headers, no
// reassembly of fragments: the loop is a floor, not an analyzer.
static const uint8_t *tcp_payload(const uint8_t *frame, size_t length, size_t *payload_length) {
  size_t offset = 12;
  if (length < offset + 2) return NULL;
  unsigned type = be16(frame + offset);
  while (type == 0x8100 || type == 0x88a8) {
    offset += 4;
    if (length < offset + 2) return NULL;
    type = be16(frame + offset);
  }
  offset += 2;

  const uint8_t *ip = frame + offset;
  size_t left = length - offset, header, total;
  if (type == 0x0800) {
    if (left < 20 || ip[9] != 6 || (be16(ip + 6) & 0x1fff) != 0) return NULL;
    header = (size_t)(ip[0] & 15) * 4;
    total = be16(ip + 2);
  } else if (type == 0x86dd) {
    if (left < 40 || ip[6] != 6) return NULL;
    header = 40;
    total = 40 + be16(ip + 4);
  } else {
    return NULL;
  }
  if (total > left) total = left;
  if (header < 20 || total < header + 20) return NULL;

  const uint8_t *tcp = ip + header;
  size_t tcp_header = (size_t)(tcp[12] >> 4) * 4;
  if (tcp_header < 20 || total < header + tcp_header) return NULL;
  *payload_length = total - header - tcp_header;
  return *payload_length > 0 ? tcp + tcp_header : NULL;
}

// Bytes that are written in large pieces to one file after the other, each as long as the next.
struct sink {
  char block[1 << 16];
  size_t waiting;
  const char *path;   // of the only file, or of the directory
  int is_directory;
  uint64_t left;      // bytes that are still to be written in all
  uint64_t each;      // bytes of a file
  uint64_t file_left; // of the file at hand
  unsigned number;
  int file;
};

static int failed(const char *what) {
  perror(what);
  return 4;
}

static int flush(struct sink *sink) {
  for (size_t done = 0; done < sink->waiting;) {
    ssize_t wrote = write(sink->file, sink->block + done, sink->waiting - done);
    if (wrote < 0) return failed(sink->path);
    done += (size_t)wrote;
  }
  sink->waiting = 0;
  return 0;
}

static int put(struct sink *sink, const uint8_t *bytes, size_t count) {
  while (count > 0 && sink->left > 0) {
    if (sink->file_left == 0) {
      char path[4096];
      snprintf(path, sizeof path, sink->is_directory ? "%s/%06u" : "%s", sink->path, sink->number++);
      sink->file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
      if (sink->file < 0) return failed(path);
      sink->file_left = sink->each < sink->left ? sink->each : sink->left;
    }
    size_t part = sizeof sink->block - sink->waiting;
    if (part > count) part = count;
    if (part > sink->file_left) part = (size_t)sink->file_left;
    memcpy(sink->block + sink->waiting, bytes, part);
    sink->waiting += part;
    sink->file_left -= part;
    sink->left -= part;
    bytes += part;
    count -= part;
    if (sink->waiting == sizeof sink->block || sink->file_left == 0) {
      int status = flush(sink);
      if (status != 0) return status;
    }
    if (sink->file_left == 0) close(sink->file);
  }
  return 0;
}

int main(int argc, char **argv) {
  const char *work = argc > 1 ? argv[1] : "";
  int tells = strcmp(work, "tell") == 0 && argc == 5, keeps = strcmp(work, "keep") == 0 && argc == 6;
  int hashes = strcmp(work, "hash") == 0 && argc == 3;
  if (!tells && !keeps && !hashes && !(strcmp(work, "count") == 0 && argc == 3)) {
    fprintf(stderr, "usage: limits count|hash FILE, limits tell FILE OUTPUT BYTES, limits keep FILE DIRECTORY COUNT BYTES\n");
    return 2;
  }
  hashes = hashes || keeps;
  static struct sink sink;
  static const uint8_t text[4096] = "text";
  if (tells || keeps) {
    uint64_t count = keeps ? strtoull(argv[4], NULL, 10) : 1;
    sink.path = argv[3];
    sink.is_directory = keeps;
    sink.left = strtoull(argv[keeps ? 5 : 4], NULL, 10);
    sink.each = count > 0 ? sink.left / count : 0;
    if (sink.each == 0) {
      fprintf(stderr, "limits: nothing to write\n");
      return 2;
    }
  }

  char problem[PCAP_ERRBUF_SIZE];
  pcap_t *capture = pcap_open_offline(argv[2], problem);
  if (capture == NULL) {
    fprintf(stderr, "limits: %s: %s\n", argv[2], problem);
    return 3;
  }
  if (pcap_datalink(capture) != DLT_EN10MB) {
    fprintf(stderr, "limits: %s: only Ethernet captures are read\n", argv[2]);
    return 3;
  }
  EVP_MD_CTX *hash = EVP_MD_CTX_new();
  if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1) {
    fprintf(stderr, "limits: no SHA-256\n");
    return 1;
  }

  uint64_t packets = 0, bytes = 0, payload_bytes = 0;
  struct pcap_pkthdr *header;
  const uint8_t *frame;
  int status;
  while ((status = pcap_next_ex(capture, &header, &frame)) == 1) {
    packets += 1;
    bytes += header->caplen;
    // A packet of a conversation is told in some hundred bytes.
    if (tells && put(&sink, text, 512) != 0) return 4;
    if (!hashes) continue;
    size_t length;
    const uint8_t *payload = tcp_payload(frame, header->caplen, &length);
    if (payload == NULL) continue;
    payload_bytes += length;
    EVP_DigestUpdate(hash, payload, length);
    if (keeps && put(&sink, payload, length) != 0) return 4;
  }
  while (tells && sink.left > 0) {
    if (put(&sink, text, sizeof text) != 0) return 4;
  }
  if (status == PCAP_ERROR) {
    fprintf(stderr, "limits: %s: %s\n", argv[2], pcap_geterr(capture));
    return 3;
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_DigestFinal_ex(hash, digest, NULL);
  printf("%llu packets, %llu bytes, %llu hashed, %02x%02x\n", (unsigned long long)packets, (unsigned long long)bytes,
         (unsigned long long)payload_bytes, digest[0], digest[1]);
  EVP_MD_CTX_free(hash);
  pcap_close(capture);
  return 0;
}
