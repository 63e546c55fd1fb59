#define SIMDJSON_EXCEPTIONS 0
#include "Parser.hpp"

#include <simdjson.h>

#include <memory>
#include <new>

static_assert(WOONKLY_JSON_PADDING >= simdjson::SIMDJSON_PADDING);

namespace {

struct Parser : woonkly_json_parser {
  explicit Parser(size_t capacity) noexcept
      : engine(capacity), capacity(capacity), copy(new (std::nothrow) uint8_t[capacity + WOONKLY_JSON_PADDING]) {}

  /// simdjson refuses capacities that are smaller.
  static constexpr size_t smallest = 32;

  simdjson::dom::parser engine;
  const size_t capacity;
  /// The document with room behind it, as simdjson reads a little further than the end.
  std::unique_ptr<uint8_t[]> copy;
};

/// Which of several faults a document has must not depend on the instruction set simdjson found: UTF-8 goes first.
woonkly_json_status fault(simdjson::error_code error, const uint8_t *bytes, size_t count) noexcept {
  if (!simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), count)) return WOONKLY_JSON_INVALID_UTF8;
  return error == simdjson::DEPTH_ERROR ? WOONKLY_JSON_TOO_DEEP : WOONKLY_JSON_MALFORMED;
}

}  // namespace

woonkly_json_parser *woonkly_json_parser_create(size_t capacity, size_t depth) noexcept {
  if (capacity < Parser::smallest) capacity = Parser::smallest;
  std::unique_ptr<Parser> parser(new (std::nothrow) Parser(capacity));
  if (!parser || !parser->copy) return nullptr;
  // simdjson's limit is the first depth it refuses.
  if (parser->engine.allocate(capacity, depth + 1) != simdjson::SUCCESS) return nullptr;
  // The tape as well, now, so that no document can fail for want of memory.
  if (parser->engine.doc.allocate(capacity) != simdjson::SUCCESS) return nullptr;
  return parser.release();
}

void woonkly_json_parser_destroy(woonkly_json_parser *parser) noexcept { delete static_cast<Parser *>(parser); }

woonkly_json_status woonkly::parse(
    woonkly_json_parser *base, const uint8_t *bytes, size_t count, size_t readable_after_end,
    HugeNumbers huge) noexcept {
  Parser *parser = static_cast<Parser *>(base);
  parser->cursor = nullptr;
  if (count > parser->capacity) return WOONKLY_JSON_TOO_LARGE;
  if (readable_after_end < WOONKLY_JSON_PADDING) {
    if (count > 0) std::memcpy(parser->copy.get(), bytes, count);
    bytes = parser->copy.get();
  }
  auto error = parser->engine.parse(bytes, count, false).error();
  if (error == simdjson::NUMBER_ERROR && huge == HugeNumbers::approximate) {
    if (bytes != parser->copy.get()) {
      std::memcpy(parser->copy.get(), bytes, count);
      bytes = parser->copy.get();
    }
    approximate_huge_numbers(reinterpret_cast<char *>(parser->copy.get()), count);
    error = parser->engine.parse(bytes, count, false).error();
  }
  if (error != simdjson::SUCCESS) return fault(error, bytes, count);
  // simdjson 3.0 lets an unpaired low surrogate through, which is not UTF-8 once unescaped.
  if (!surrogates_are_paired(bytes, count)) return WOONKLY_JSON_MALFORMED;
  parser->tape = parser->engine.doc.tape.get();
  parser->strings = parser->engine.doc.string_buf.get();
  return WOONKLY_JSON_OK;
}
