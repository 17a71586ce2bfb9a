#ifndef SMTPSCOPE_OCTETS_H
#define SMTPSCOPE_OCTETS_H

#include <stddef.h>
#include <stdint.h>

// The loops that every octet of the traffic passes, in vectors as wide as the processor has. They are in C since Swift
// compiles a function for one kind of processor only, and this program is to run on all of them.

/// Kinds of octets: the bits that `smtpscope_octet_kinds` gives.
enum {
  SMTPSCOPE_EIGHT_BIT = 1,
  SMTPSCOPE_NUL = 2,
  SMTPSCOPE_ODD_LINE_END = 4,
  SMTPSCOPE_NO_LINE_END = 8,
};

/// Octets that are looked at together for `SMTPSCOPE_NO_LINE_END`.
enum { SMTPSCOPE_BLOCK = 256 };

/// Which kinds there are among `count` octets: one over 127, one that is zero, a CR without LF behind it or an LF without CR
/// before it (as far as both are among them), and a block of 256 in a row, counted from the second octet, without LF.
uint8_t smtpscope_octet_kinds(const uint8_t *_Nonnull octets, size_t count);

/// The sum of `count` octets as 16-bit words in the machine's order, in so many bits that nothing is carried out; an odd last
/// octet is the first of its word.
uint64_t smtpscope_word_sum(const uint8_t *_Nonnull octets, size_t count);

/// The place of the first of `count` octets that is `wanted` and has one before it of at most `most`; `count` where there is
/// none.
size_t smtpscope_find_behind(const uint8_t *_Nonnull octets, size_t count, uint8_t wanted, uint8_t most);

#endif
