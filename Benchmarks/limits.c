// What any reader of a capture must at least spend: two loops to hold smtpscope against.
//
//   limits count FILE   libpcap hands over every packet; packets and bytes are counted
//   limits hash FILE    the same, and SHA-256 runs over the payload of every TCP segment
//
// Build: cc -O2 -o limits limits.c -lpcap -lcrypto

#include <openssl/evp.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

int main(int argc, char **argv) {
  if (argc != 3 || (strcmp(argv[1], "count") != 0 && strcmp(argv[1], "hash") != 0)) {
    fprintf(stderr, "usage: limits count|hash FILE\n");
    return 2;
  }
  int hashes = strcmp(argv[1], "hash") == 0;

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
    if (!hashes) continue;
    size_t length;
    const uint8_t *payload = tcp_payload(frame, header->caplen, &length);
    if (payload == NULL) continue;
    payload_bytes += length;
    EVP_DigestUpdate(hash, payload, length);
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
