#include "Parser.hpp"

woonkly_json_status woonkly_json_walk_begin(woonkly_json_parser *parser, const uint8_t *bytes, size_t count) noexcept {
  const auto status = woonkly::parse(parser, bytes, count, 0, woonkly::HugeNumbers::reject);
  if (status == WOONKLY_JSON_OK) parser->cursor = parser->tape + 1;
  return status;
}

woonkly_json_token woonkly_json_walk_next(woonkly_json_parser *parser) noexcept {
  woonkly_json_token token{};
  token.kind = WOONKLY_JSON_DOCUMENT_END;
  if (parser->cursor == nullptr) return token;
  const woonkly::Value value{parser->cursor, parser->strings};
  parser->cursor++;
  switch (value.kind()) {
  case 'n':
    token.kind = WOONKLY_JSON_NULL;
    break;
  case 'f':
    token.kind = WOONKLY_JSON_FALSE;
    break;
  case 't':
    token.kind = WOONKLY_JSON_TRUE;
    break;
  case 'l':
    token.kind = WOONKLY_JSON_INT64;
    token.int64 = value.int64();
    parser->cursor++;
    break;
  case 'u':
    token.kind = WOONKLY_JSON_UINT64;
    token.uint64 = value.uint64();
    parser->cursor++;
    break;
  case 'd':
    token.kind = WOONKLY_JSON_DOUBLE;
    token.real = value.real();
    parser->cursor++;
    break;
  case '"':
    token.kind = WOONKLY_JSON_STRING;
    token.string = value.string();
    break;
  case '[':
    token.kind = WOONKLY_JSON_ARRAY;
    break;
  case ']':
    token.kind = WOONKLY_JSON_ARRAY_END;
    break;
  case '{':
    token.kind = WOONKLY_JSON_OBJECT;
    break;
  case '}':
    token.kind = WOONKLY_JSON_OBJECT_END;
    break;
  default:
    // The root word that closes the tape. The walk stays there.
    parser->cursor = nullptr;
    break;
  }
  return token;
}
