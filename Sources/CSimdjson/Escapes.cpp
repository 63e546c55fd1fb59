#include "Parser.hpp"

namespace {

uint32_t hex(const uint8_t *digits) noexcept {
  uint32_t result = 0;
  for (int i = 0; i < 4; i++) {
    const uint8_t c = digits[i];
    result = result << 4 | uint32_t(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return result;
}

}  // namespace

bool woonkly::surrogates_are_paired(const uint8_t *bytes, size_t count) noexcept {
  const uint8_t *const end = bytes + count;
  for (;;) {
    bytes = count == 0 ? nullptr : static_cast<const uint8_t *>(std::memchr(bytes, '\\', size_t(end - bytes)));
    if (bytes == nullptr) return true;
    if (end - bytes < 6 || bytes[1] != 'u') {
      if (end - bytes <= 2) return true;
      bytes += 2;
      continue;
    }
    const uint32_t first = hex(bytes + 2);
    bytes += 6;
    if (first < 0xD800 || first > 0xDFFF) continue;
    if (first >= 0xDC00) return false;
    if (end - bytes < 6 || bytes[0] != '\\' || bytes[1] != 'u') return false;
    const uint32_t second = hex(bytes + 2);
    if (second < 0xDC00 || second > 0xDFFF) return false;
    bytes += 6;
  }
}
