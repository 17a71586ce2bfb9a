#include "octets.h"

#include <stdbool.h>
#include <string.h>

// Compiled twice where the loader can choose between functions, as glibc's can: for what every processor has, and for AVX2. It
// chooses before a sanitizer is ready to watch it.
#if defined(__x86_64__) && defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

enum { WIDTH = 32 };
typedef uint8_t octet_vector __attribute__((vector_size(WIDTH)));
typedef int8_t mask_vector __attribute__((vector_size(WIDTH)));
typedef uint64_t word_vector __attribute__((vector_size(WIDTH)));

// Vectors go by address: how one is passed differs from processor to processor. Each caller says why the loads end within
// the octets.
static inline __attribute__((always_inline)) void load(void *vector, const uint8_t *place) {
  memcpy(vector, place, WIDTH);
}

static inline __attribute__((always_inline)) bool is_zero(const void *mask) {
  uint64_t words[WIDTH / 8];
  memcpy(words, mask, WIDTH);
  return (words[0] | words[1] | words[2] | words[3]) == 0;
}

FOR_EACH_PROCESSOR
uint8_t smtpscope_octet_kinds(const uint8_t *octets, size_t count) {
  if (count == 0) return 0;
  uint8_t kinds = 0;
  if (count <= WIDTH) {
    for (size_t place = 0; place + 1 < count; place++) {
      if ((octets[place] == '\r') != (octets[place + 1] == '\n')) kinds |= SMTPSCOPE_ODD_LINE_END;
      if (octets[place] >= 0x80) kinds |= SMTPSCOPE_EIGHT_BIT;
      if (octets[place] == 0) kinds |= SMTPSCOPE_NUL;
    }
  } else {
    mask_vector odd = {0};
    octet_vector all = {0}, least = {0};
    least -= 1;
    // The last place from which a vector and the one that begins an octet later end within the octets.
    const size_t last = count - WIDTH - 1;
    size_t place = 0;
    for (; place + SMTPSCOPE_BLOCK <= last; place += SMTPSCOPE_BLOCK) {
      mask_vector feeds = {0};
      for (size_t offset = 0; offset < SMTPSCOPE_BLOCK; offset += WIDTH) {
        // An LF stands in the place of its CR in the octets behind.
        octet_vector here, behind;
        load(&here, octets + place + offset);
        load(&behind, octets + place + offset + 1);
        const mask_vector is_feed = behind == '\n';
        feeds |= is_feed;
        odd |= (here == '\r') ^ is_feed;
        least = __builtin_elementwise_min(least, here);
        all |= here;
      }
      if (is_zero(&feeds)) kinds |= SMTPSCOPE_NO_LINE_END;
    }
    while (true) {
      // The last step overlaps the one before it, which changes nothing that is gathered.
      if (place > last) place = last;
      octet_vector here, behind;
      load(&here, octets + place);
      load(&behind, octets + place + 1);
      odd |= (here == '\r') ^ (mask_vector)(behind == '\n');
      least = __builtin_elementwise_min(least, here);
      all |= here;
      if (place == last) break;
      place += WIDTH;
    }
    if (!is_zero(&odd)) kinds |= SMTPSCOPE_ODD_LINE_END;
    const mask_vector zero = least == 0;
    if (!is_zero(&zero)) kinds |= SMTPSCOPE_NUL;
    all &= 0x80;
    if (!is_zero(&all)) kinds |= SMTPSCOPE_EIGHT_BIT;
  }
  // The last octet has none behind it.
  if (octets[count - 1] >= 0x80) kinds |= SMTPSCOPE_EIGHT_BIT;
  if (octets[count - 1] == 0) kinds |= SMTPSCOPE_NUL;
  return kinds;
}

FOR_EACH_PROCESSOR
uint64_t smtpscope_word_sum(const uint8_t *octets, size_t count) {
  // RFC 1071 section 2 (C): in words of 32 bits, which are as good as two of 16 each. Sums of 64 bits hold four thousand
  // millions of them. The lower half of each word is not cut out: what is summed whole may wrap around, and holds them when
  // the upper halves are taken away again.
  word_vector whole = {0}, upper = {0};
  size_t place = 0;
  enum { STEP = 4 * WIDTH };
  for (; place + STEP <= count; place += STEP) {
    for (size_t offset = 0; offset < STEP; offset += WIDTH) {
      word_vector words;
      load(&words, octets + place + offset);
      whole += words;
      upper += words >> 32;
    }
  }
  for (; place + WIDTH <= count; place += WIDTH) {
    word_vector words;
    load(&words, octets + place);
    whole += words;
    upper += words >> 32;
  }
  const word_vector all = whole - (upper << 32) + upper;
  uint64_t sum = all[0] + all[1] + all[2] + all[3];
  for (; place + 4 <= count; place += 4) {
    uint32_t word;
    memcpy(&word, octets + place, 4);
    sum += word;
  }
  // Up to three octets are left: in words of 16 bits, so that no copy of unknown length is made.
  uint16_t half;
  if (place + 2 <= count) {
    memcpy(&half, octets + place, 2);
    sum += half;
    place += 2;
  }
  if (place < count) {
    const uint8_t last[2] = {octets[place], 0};
    memcpy(&half, last, 2);
    sum += half;
  }
  return sum;
}
