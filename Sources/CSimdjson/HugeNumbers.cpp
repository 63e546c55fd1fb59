#include <charconv>

#include "Parser.hpp"

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// A number token of RFC 8259, section 6, taken apart. `valid` is false for anything else.
struct Number {
  bool valid = false;
  bool whole = true;
  const char *digits = nullptr;

  Number(const char *start, const char *end) noexcept {
    const char *c = start;
    if (c < end && *c == '-') c++;
    digits = c;
    if (c < end && *c == '0') {
      c++;
    } else {
      if (!skip_digits(c, end)) return;
    }
    if (c < end && *c == '.') {
      whole = false;
      c++;
      if (!skip_digits(c, end)) return;
    }
    if (c < end && (*c | 0x20) == 'e') {
      whole = false;
      c++;
      if (c < end && (*c == '+' || *c == '-')) c++;
      if (!skip_digits(c, end)) return;
    }
    valid = c == end;
  }

  static bool skip_digits(const char *&c, const char *end) noexcept {
    const char *start = c;
    while (c < end && is_digit(*c)) c++;
    return c > start;
  }
};

/// Whether a number that from_chars calls out of range is too large rather than too small.
bool overflows(const char *c, const char *end) noexcept {
  // The place of the first digit that counts, relative to the decimal point, plus the exponent.
  int64_t magnitude = 0, exponent = 0;
  bool found = false;
  for (; c < end && is_digit(*c); c++) {
    if (*c != '0') found = true;
    if (found) magnitude++;
  }
  if (c < end && *c == '.') {
    for (c++; c < end && is_digit(*c); c++) {
      if (*c != '0') found = true;
      if (!found) magnitude--;
    }
  }
  if (c < end) {
    c++;
    const bool negative = *c == '-';
    if (*c == '-' || *c == '+') c++;
    for (; c < end; c++)
      if (exponent < 1'000'000'000) exponent = exponent * 10 + (*c - '0');
    if (negative) exponent = -exponent;
  }
  return magnitude + exponent > 0;
}

void write(char *token, char *end, const char *text, size_t count) noexcept {
  std::memcpy(token, text, count);
  std::memset(token + count, ' ', size_t(end - token) - count);
}

void approximate(char *token, char *end) noexcept {
  const Number number(token, end);
  if (!number.valid) return;
  if (number.whole) {
    int64_t small;
    if (std::from_chars(token, end, small).ec == std::errc()) return;
    uint64_t natural;
    if (*token != '-' && std::from_chars(token, end, natural).ec == std::errc()) return;
  }
  double real;
  const auto error = std::from_chars(token, end, real).ec;
  if (error == std::errc::result_out_of_range) {
    // The shortest token that overflows is 1e309 or 9e999: five characters after the sign, as many as are written.
    if (overflows(number.digits, end)) write(const_cast<char *>(number.digits), end, "9e307", 5);
    return;
  }
  // Other fractions are left to simdjson, which reads them exactly.
  if (error != std::errc() || !number.whole) return;
  // A whole number of n >= 19 digits as 17 digits and the exponent n - 17, which together are never longer than n.
  char text[32];
  const auto scientific = std::to_chars(text, text + sizeof text, real < 0 ? -real : real, std::chars_format::scientific, 16);
  if (scientific.ec != std::errc()) return;
  char *const e = static_cast<char *>(std::memchr(text, 'e', size_t(scientific.ptr - text)));
  int exponent = 0;
  std::from_chars(e + 2, scientific.ptr, exponent);
  char short_text[32];
  short_text[0] = text[0];
  std::memcpy(short_text + 1, text + 2, 16);
  short_text[17] = 'e';
  char *const short_end = std::to_chars(short_text + 18, short_text + sizeof short_text, exponent - 16).ptr;
  write(const_cast<char *>(number.digits), end, short_text, size_t(short_end - short_text));
}

}  // namespace

void woonkly::approximate_huge_numbers(char *bytes, size_t count) noexcept {
  char *const end = bytes + count;
  for (char *c = bytes; c < end;) {
    if (*c == '"') {
      for (c++; c < end && *c != '"'; c++)
        if (*c == '\\') c++;
      c++;
    } else if (*c == '-' || is_digit(*c)) {
      char *token = c;
      while (c < end && (is_digit(*c) || *c == '-' || *c == '+' || *c == '.' || (*c | 0x20) == 'e')) c++;
      approximate(token, c);
    } else {
      c++;
    }
  }
}
