#include "octets.h"

#include <stdbool.h>
#include <string.h>

// Compiled three times where the loader can choose between functions, as glibc's can: for what every processor has, for AVX2,
// and for AVX-512. It chooses before a sanitizer is ready to watch it.
#if defined(__x86_64__) && defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512bw", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

// Many octets are taken in wide vectors, which a processor without AVX-512 makes of two or four, and what is left in narrow
// ones.
enum { WIDTH = 32, WIDE = 64 };
typedef uint8_t octet_vector __attribute__((vector_size(WIDTH)));
typedef int8_t mask_vector __attribute__((vector_size(WIDTH)));
typedef uint64_t word_vector __attribute__((vector_size(WIDTH)));
typedef uint8_t wide_octet_vector __attribute__((vector_size(WIDE)));
typedef int8_t wide_mask_vector __attribute__((vector_size(WIDE)));
typedef uint64_t wide_word_vector __attribute__((vector_size(WIDE)));

// Vectors go by address: how one is passed differs from processor to processor. Each caller says why the loads end within
// the octets.
static inline __attribute__((always_inline)) void load(void *vector, const uint8_t *place) {
  memcpy(vector, place, WIDTH);
}

static inline __attribute__((always_inline)) void load_wide(void *vector, const uint8_t *place) {
  memcpy(vector, place, WIDE);
}

// The halves of a wide vector.
static inline __attribute__((always_inline)) void halve(const void *wide, void *lower, void *upper) {
  memcpy(lower, wide, WIDTH);
  memcpy(upper, (const uint8_t *)wide + WIDTH, WIDTH);
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
    if (SMTPSCOPE_BLOCK <= last) {
      wide_mask_vector wide_odd = {0};
      wide_octet_vector wide_all = {0}, wide_least = {0};
      wide_least -= 1;
      for (; place + SMTPSCOPE_BLOCK <= last; place += SMTPSCOPE_BLOCK) {
        wide_mask_vector feeds = {0};
        for (size_t offset = 0; offset < SMTPSCOPE_BLOCK; offset += WIDE) {
          // An LF stands in the place of its CR in the octets behind.
          wide_octet_vector here, behind;
          load_wide(&here, octets + place + offset);
          load_wide(&behind, octets + place + offset + 1);
          const wide_mask_vector is_feed = behind == '\n';
          feeds |= is_feed;
          const wide_mask_vector is_return = here == '\r';
          wide_odd |= (wide_mask_vector)((wide_octet_vector)is_return - (wide_octet_vector)is_feed);
          wide_least = __builtin_elementwise_min(wide_least, here);
          wide_all |= here;
        }
        mask_vector lower, upper;
        halve(&feeds, &lower, &upper);
        lower |= upper;
        if (is_zero(&lower)) kinds |= SMTPSCOPE_NO_LINE_END;
      }
      mask_vector odd_above;
      octet_vector all_above, least_above;
      halve(&wide_odd, &odd, &odd_above);
      odd |= odd_above;
      halve(&wide_all, &all, &all_above);
      all |= all_above;
      halve(&wide_least, &least, &least_above);
      least = __builtin_elementwise_min(least, least_above);
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
  enum { STEP = 4 * WIDE };
  if (STEP <= count) {
    wide_word_vector wide_whole = {0}, wide_upper = {0};
    for (; place + STEP <= count; place += STEP) {
      for (size_t offset = 0; offset < STEP; offset += WIDE) {
        wide_word_vector words;
        load_wide(&words, octets + place + offset);
        wide_whole += words;
        wide_upper += words >> 32;
      }
    }
    word_vector whole_above, upper_above;
    halve(&wide_whole, &whole, &whole_above);
    whole += whole_above;
    halve(&wide_upper, &upper, &upper_above);
    upper += upper_above;
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

FOR_EACH_PROCESSOR
size_t smtpscope_find_behind(const uint8_t *octets, size_t count, uint8_t wanted, uint8_t most) {
  size_t place = 1;
  if (place + WIDTH <= count) {
    // A hit gives zero: the octet XOR `wanted`, and what the one before it has over `most`.
    wide_octet_vector wide_wanted = {0}, wide_most = {0};
    wide_wanted += wanted;
    wide_most += most;
    for (; place + SMTPSCOPE_BLOCK <= count; place += SMTPSCOPE_BLOCK) {
      wide_octet_vector least = {0};
      least -= 1;
      for (size_t offset = 0; offset < SMTPSCOPE_BLOCK; offset += WIDE) {
        wide_octet_vector here, before;
        load_wide(&here, octets + place + offset);
        load_wide(&before, octets + place + offset - 1);
        here = (here ^ wide_wanted) | __builtin_elementwise_sub_sat(before, wide_most);
        least = __builtin_elementwise_min(least, here);
      }
      octet_vector lower, upper;
      halve(&least, &lower, &upper);
      const mask_vector hits = __builtin_elementwise_min(lower, upper) == 0;
      if (!is_zero(&hits)) break;
    }
    octet_vector narrow_wanted = {0}, narrow_most = {0};
    narrow_wanted += wanted;
    narrow_most += most;
    // The last place from which a vector ends within the octets; what it has in common with the last step had no hit.
    const size_t last = count - WIDTH;
    while (place < count) {
      const size_t start = place < last ? place : last;
      octet_vector here, before;
      load(&here, octets + start);
      load(&before, octets + start - 1);
      const mask_vector hits = ((here ^ narrow_wanted) | __builtin_elementwise_sub_sat(before, narrow_most)) == 0;
      if (!is_zero(&hits)) break;
      place = start + WIDTH;
    }
  }
  while (place < count && !(octets[place] == wanted && octets[place - 1] <= most)) place++;
  return place < count ? place : count;
}
