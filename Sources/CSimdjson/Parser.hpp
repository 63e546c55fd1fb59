#pragma once
#include <cstdint>
#include <cstring>

#include "CSimdjson.h"

namespace woonkly {

/// One value on simdjson's tape: its kind in the upper 8 bits, a payload in the rest.
/// (simdjson, doc/tape.md: strings point into the string buffer, containers behind their end, numbers take a second word.)
struct Value {
  const uint64_t *word;
  const uint8_t *strings;

  char kind() const noexcept { return char(*word >> 56); }
  uint64_t payload() const noexcept { return *word & 0x00FFFFFFFFFFFFFF; }
  int64_t int64() const noexcept { return int64_t(word[1]); }
  uint64_t uint64() const noexcept { return word[1]; }

  double real() const noexcept {
    double result;
    std::memcpy(&result, word + 1, sizeof result);
    return result;
  }

  woonkly_json_string string() const noexcept {
    const uint8_t *start = strings + payload();
    uint32_t count;
    std::memcpy(&count, start, sizeof count);
    return {start + sizeof count, count};
  }

  /// The value behind this one; `tape` is where the tape begins.
  const uint64_t *next(const uint64_t *tape) const noexcept {
    switch (kind()) {
    case '{':
    case '[':
      return tape + uint32_t(payload());
    case 'l':
    case 'u':
    case 'd':
      return word + 2;
    default:
      return word + 1;
    }
  }
};

/// What to do about numbers that are valid JSON but larger than any type.
enum class HugeNumbers { reject, approximate };

/// Checks the whole document; afterwards parser->tape holds it.
woonkly_json_status parse(
    woonkly_json_parser *parser, const uint8_t *bytes, size_t count, size_t readable_after_end, HugeNumbers huge) noexcept;

/// Rewrites, in place, numbers that no 64-bit type holds as doubles of no more characters. Leaves everything else.
void approximate_huge_numbers(char *bytes, size_t count) noexcept;

/// Whether every \u escape of a surrogate is half of a pair. The document must have valid escapes otherwise.
bool surrogates_are_paired(const uint8_t *bytes, size_t count) noexcept;

}  // namespace woonkly

struct woonkly_json_parser {
  const uint64_t *tape = nullptr;
  const uint8_t *strings = nullptr;
  /// Where a walk stands; null when there is none.
  const uint64_t *cursor = nullptr;
};
