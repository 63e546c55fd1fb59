#include "Parser.hpp"

namespace {

using woonkly::Value;

constexpr int unknown_field = -1;

template <size_t N>
bool is(const woonkly_json_string &key, const char (&name)[N]) noexcept {
  return std::memcmp(key.bytes, name, N - 1) == 0;
}

int interaction_field(const woonkly_json_string &key) noexcept {
  switch (key.count) {
  case 4:
    return is(key, "type") ? WOONKLY_JSON_TYPE : unknown_field;
  case 5:
    return is(key, "value") ? WOONKLY_JSON_VALUE : unknown_field;
  case 7:
    if (is(key, "user_id")) return WOONKLY_JSON_USER_ID;
    if (is(key, "item_id")) return WOONKLY_JSON_ITEM_ID;
    return is(key, "surface") ? WOONKLY_JSON_SURFACE : unknown_field;
  case 8:
    if (is(key, "event_id")) return WOONKLY_JSON_EVENT_ID;
    return is(key, "position") ? WOONKLY_JSON_POSITION : unknown_field;
  case 9:
    return is(key, "author_id") ? WOONKLY_JSON_AUTHOR_ID : unknown_field;
  case 11:
    return is(key, "occurred_at") ? WOONKLY_JSON_OCCURRED_AT : unknown_field;
  case 12:
    return is(key, "list_version") ? WOONKLY_JSON_LIST_VERSION : unknown_field;
  default:
    return unknown_field;
  }
}

int item_field(const woonkly_json_string &key) noexcept {
  switch (key.count) {
  case 4:
    return is(key, "tags") ? WOONKLY_JSON_TAGS : unknown_field;
  case 5:
    return is(key, "title") ? WOONKLY_JSON_TITLE : unknown_field;
  case 6:
    if (is(key, "author")) return WOONKLY_JSON_AUTHOR;
    return is(key, "active") ? WOONKLY_JSON_ACTIVE : unknown_field;
  case 7:
    if (is(key, "item_id")) return WOONKLY_JSON_ITEM_ID;
    if (is(key, "created")) return WOONKLY_JSON_CREATED;
    return is(key, "expires") ? WOONKLY_JSON_EXPIRES : unknown_field;
  default:
    return unknown_field;
  }
}

woonkly_json_status take(const Value &value, woonkly_json_string &result) noexcept {
  if (value.kind() != '"') return WOONKLY_JSON_WRONG_TYPE;
  result = value.string();
  return WOONKLY_JSON_OK;
}

/// A whole number, however it is written: JSON has one number type, and 1.0 and 1e3 are what some encoders make of 1 and 1000.
woonkly_json_status take(const Value &value, int64_t &result) noexcept {
  switch (value.kind()) {
  case 'l':
    result = value.int64();
    return WOONKLY_JSON_OK;
  case 'u':
    return WOONKLY_JSON_ABOVE_RANGE;
  case 'd': {
    const double real = value.real();
    if (real < -0x1p63) return WOONKLY_JSON_BELOW_RANGE;
    if (real >= 0x1p63) return WOONKLY_JSON_ABOVE_RANGE;
    result = int64_t(real);
    return double(result) == real ? WOONKLY_JSON_OK : WOONKLY_JSON_WRONG_TYPE;
  }
  default:
    return WOONKLY_JSON_WRONG_TYPE;
  }
}

woonkly_json_status take(const Value &value, double &result) noexcept {
  switch (value.kind()) {
  case 'l':
    result = double(value.int64());
    return WOONKLY_JSON_OK;
  case 'u':
    result = double(value.uint64());
    return WOONKLY_JSON_OK;
  case 'd':
    // Adding 0 turns -0 into 0: equal values get equal bits.
    result = value.real() + 0.0;
    return WOONKLY_JSON_OK;
  default:
    return WOONKLY_JSON_WRONG_TYPE;
  }
}

woonkly_json_status take(const Value &value, int &result) noexcept {
  if (value.kind() != 't' && value.kind() != 'f') return WOONKLY_JSON_WRONG_TYPE;
  result = value.kind() == 't';
  return WOONKLY_JSON_OK;
}

woonkly_json_status take_tags(const Value &value, const uint64_t *tape, woonkly_json_item &item) noexcept {
  if (value.kind() != '[') return WOONKLY_JSON_WRONG_TYPE;
  for (Value tag{value.word + 1, value.strings}; tag.kind() != ']'; tag.word = tag.next(tape)) {
    if (tag.kind() != '"') return WOONKLY_JSON_WRONG_TYPE;
    if (item.tag_count == WOONKLY_JSON_TAGS_LIMIT) return WOONKLY_JSON_TOO_MANY_TAGS;
    item.tags[item.tag_count++] = tag.string();
  }
  return WOONKLY_JSON_OK;
}

/// Goes through the fields of a parsed object in document order and stops at the first fault, so that the same bytes
/// have the same fault everywhere. `find` names a key, `take` stores its value.
template <typename Find, typename Take>
woonkly_json_result read_fields(const woonkly_json_parser *parser, uint32_t &present, Find find, Take take) noexcept {
  Value at{parser->tape + 1, parser->strings};
  if (at.kind() != '{') return {WOONKLY_JSON_NOT_AN_OBJECT, WOONKLY_JSON_EVENT_ID};
  uint32_t seen = 0;
  at.word++;
  while (at.kind() == '"') {
    const int found = find(at.string());
    at.word++;
    if (found != unknown_field) {
      const auto field = woonkly_json_field(found);
      const uint32_t bit = 1u << field;
      if (seen & bit) return {WOONKLY_JSON_DUPLICATE_FIELD, field};
      seen |= bit;
      if (at.kind() != 'n') {
        const woonkly_json_status status = take(field, at);
        if (status != WOONKLY_JSON_OK) return {status, field};
        present |= bit;
      }
    }
    at.word = at.next(parser->tape);
  }
  return {WOONKLY_JSON_OK, WOONKLY_JSON_EVENT_ID};
}

}  // namespace

woonkly_json_result woonkly_json_decode_interaction(
    woonkly_json_parser *parser, const uint8_t *bytes, size_t count, size_t readable_after_end,
    woonkly_json_interaction *result) noexcept {
  result->present = 0;
  const auto status = woonkly::parse(parser, bytes, count, readable_after_end, woonkly::HugeNumbers::approximate);
  if (status != WOONKLY_JSON_OK) return {status, WOONKLY_JSON_EVENT_ID};
  return read_fields(
      parser, result->present, interaction_field, [result](woonkly_json_field field, const Value &value) noexcept {
        switch (field) {
        case WOONKLY_JSON_EVENT_ID:
          return take(value, result->event_id);
        case WOONKLY_JSON_USER_ID:
          return take(value, result->user_id);
        case WOONKLY_JSON_ITEM_ID:
          return take(value, result->item_id);
        case WOONKLY_JSON_TYPE:
          return take(value, result->type);
        case WOONKLY_JSON_VALUE:
          return take(value, result->value);
        case WOONKLY_JSON_OCCURRED_AT:
          return take(value, result->occurred_at);
        case WOONKLY_JSON_LIST_VERSION:
          return take(value, result->list_version);
        case WOONKLY_JSON_POSITION:
          return take(value, result->position);
        case WOONKLY_JSON_SURFACE:
          return take(value, result->surface);
        case WOONKLY_JSON_AUTHOR_ID:
          return take(value, result->author_id);
        default:
          return WOONKLY_JSON_OK;
        }
      });
}

woonkly_json_result woonkly_json_decode_item(
    woonkly_json_parser *parser, const uint8_t *bytes, size_t count, size_t readable_after_end,
    woonkly_json_item *result) noexcept {
  result->present = 0;
  result->tag_count = 0;
  const auto status = woonkly::parse(parser, bytes, count, readable_after_end, woonkly::HugeNumbers::approximate);
  if (status != WOONKLY_JSON_OK) return {status, WOONKLY_JSON_EVENT_ID};
  return read_fields(
      parser, result->present, item_field, [parser, result](woonkly_json_field field, const Value &value) noexcept {
        switch (field) {
        case WOONKLY_JSON_ITEM_ID:
          return take(value, result->item_id);
        case WOONKLY_JSON_TITLE:
          return take(value, result->title);
        case WOONKLY_JSON_TAGS:
          return take_tags(value, parser->tape, *result);
        case WOONKLY_JSON_AUTHOR:
          return take(value, result->author);
        case WOONKLY_JSON_CREATED:
          return take(value, result->created);
        case WOONKLY_JSON_EXPIRES:
          return take(value, result->expires);
        case WOONKLY_JSON_ACTIVE:
          return take(value, result->active);
        default:
          return WOONKLY_JSON_OK;
        }
      });
}
