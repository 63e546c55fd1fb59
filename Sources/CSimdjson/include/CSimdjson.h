#pragma once
// simdjson behind a C header: one parser that checks a whole document, and three ways to take it apart.
//
// Every document is checked completely (grammar, UTF-8, nothing after the value, depth), also the parts that nobody
// reads. No function throws, and none calls back. A parser is used by one thread at a time.
//
// Memory: everything is allocated when the parser is made, for its largest document. Strings that come out are
// unescaped UTF-8 inside the parser and valid until its next call.
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define WOONKLY_NOEXCEPT noexcept
extern "C" {
#else
#define WOONKLY_NOEXCEPT
#endif
#define WOONKLY_CLOSED __attribute__((enum_extensibility(closed)))
#define WOONKLY_NAME(name) __attribute__((swift_name(#name)))

typedef struct woonkly_json_parser woonkly_json_parser;

/// Bytes that must be readable after the end of a document for it to be parsed where it lies.
enum { WOONKLY_JSON_PADDING = 64 };

/// What is wrong with a document, or that nothing is.
typedef enum WOONKLY_CLOSED woonkly_json_status : uint32_t {
  WOONKLY_JSON_OK WOONKLY_NAME(ok) = 0,
  WOONKLY_JSON_TOO_LARGE WOONKLY_NAME(tooLarge),
  WOONKLY_JSON_MALFORMED WOONKLY_NAME(malformed),
  WOONKLY_JSON_INVALID_UTF8 WOONKLY_NAME(invalidUTF8),
  WOONKLY_JSON_TOO_DEEP WOONKLY_NAME(tooDeep),
  WOONKLY_JSON_NOT_AN_OBJECT WOONKLY_NAME(notAnObject),
  /// A field that is read occurs twice.
  WOONKLY_JSON_DUPLICATE_FIELD WOONKLY_NAME(duplicateField),
  WOONKLY_JSON_WRONG_TYPE WOONKLY_NAME(wrongType),
  /// A whole number below or above what 64 bits hold.
  WOONKLY_JSON_BELOW_RANGE WOONKLY_NAME(belowRange),
  WOONKLY_JSON_ABOVE_RANGE WOONKLY_NAME(aboveRange),
  /// More than WOONKLY_JSON_TAGS_LIMIT tags.
  WOONKLY_JSON_TOO_MANY_TAGS WOONKLY_NAME(tooManyTags),
} woonkly_json_status;

/// The fields of all records, so that a result can name one.
typedef enum WOONKLY_CLOSED woonkly_json_field : uint32_t {
  WOONKLY_JSON_EVENT_ID WOONKLY_NAME(eventID) = 0,
  WOONKLY_JSON_USER_ID WOONKLY_NAME(userID),
  WOONKLY_JSON_ITEM_ID WOONKLY_NAME(itemID),
  WOONKLY_JSON_TYPE WOONKLY_NAME(type),
  WOONKLY_JSON_VALUE WOONKLY_NAME(value),
  WOONKLY_JSON_OCCURRED_AT WOONKLY_NAME(occurredAt),
  WOONKLY_JSON_LIST_VERSION WOONKLY_NAME(listVersion),
  WOONKLY_JSON_POSITION WOONKLY_NAME(position),
  WOONKLY_JSON_SURFACE WOONKLY_NAME(surface),
  WOONKLY_JSON_AUTHOR_ID WOONKLY_NAME(authorID),
  WOONKLY_JSON_TITLE WOONKLY_NAME(title),
  WOONKLY_JSON_TAGS WOONKLY_NAME(tags),
  WOONKLY_JSON_AUTHOR WOONKLY_NAME(author),
  WOONKLY_JSON_CREATED WOONKLY_NAME(created),
  WOONKLY_JSON_EXPIRES WOONKLY_NAME(expires),
  WOONKLY_JSON_ACTIVE WOONKLY_NAME(active),
} woonkly_json_field;

/// `field` has a meaning for the statuses from WOONKLY_JSON_DUPLICATE_FIELD on.
typedef struct {
  woonkly_json_status status;
  woonkly_json_field field;
} woonkly_json_result;

/// Unescaped UTF-8, not null when present. Valid until the parser's next call.
typedef struct {
  const uint8_t *bytes;
  size_t count;
} woonkly_json_string;

/// A field is present if bit 1 << woonkly_json_field is set; `null` counts as absent.
typedef struct {
  woonkly_json_string event_id, user_id, item_id, type, surface, author_id;
  double value;
  int64_t occurred_at, list_version, position;
  uint32_t present;
} woonkly_json_interaction;

enum { WOONKLY_JSON_TAGS_LIMIT = 64 };

typedef struct {
  woonkly_json_string item_id, title, author;
  woonkly_json_string tags[WOONKLY_JSON_TAGS_LIMIT];
  size_t tag_count;
  int64_t created, expires;
  int active;
  uint32_t present;
} woonkly_json_item;

/// One step of a walk through a document, in document order. In an object, each value follows a string that is its key.
typedef enum WOONKLY_CLOSED woonkly_json_kind : uint32_t {
  WOONKLY_JSON_NULL WOONKLY_NAME(null) = 0,
  WOONKLY_JSON_FALSE WOONKLY_NAME(false),
  WOONKLY_JSON_TRUE WOONKLY_NAME(true),
  WOONKLY_JSON_INT64 WOONKLY_NAME(int64),
  /// Only for numbers above the largest int64.
  WOONKLY_JSON_UINT64 WOONKLY_NAME(uint64),
  WOONKLY_JSON_DOUBLE WOONKLY_NAME(double),
  WOONKLY_JSON_STRING WOONKLY_NAME(string),
  WOONKLY_JSON_ARRAY WOONKLY_NAME(arrayStart),
  WOONKLY_JSON_ARRAY_END WOONKLY_NAME(arrayEnd),
  WOONKLY_JSON_OBJECT WOONKLY_NAME(objectStart),
  WOONKLY_JSON_OBJECT_END WOONKLY_NAME(objectEnd),
  WOONKLY_JSON_DOCUMENT_END WOONKLY_NAME(documentEnd),
} woonkly_json_kind;

typedef struct {
  woonkly_json_kind kind;
  int64_t int64;
  uint64_t uint64;
  double real;
  woonkly_json_string string;
} woonkly_json_token;

/// A parser for documents of up to `capacity` bytes and arrays and objects nested up to `depth`, or null without memory.
woonkly_json_parser *woonkly_json_parser_create(size_t capacity, size_t depth) WOONKLY_NOEXCEPT;
void woonkly_json_parser_destroy(woonkly_json_parser *parser) WOONKLY_NOEXCEPT;

/// Reads an interaction or a catalogue item. Numbers too large for any type are read as ±9e307.
/// `readable_after_end`: how many bytes after the document may be read; WOONKLY_JSON_PADDING or more save a copy.
woonkly_json_result woonkly_json_decode_interaction(
    woonkly_json_parser *parser, const uint8_t *bytes, size_t count, size_t readable_after_end,
    woonkly_json_interaction *result) WOONKLY_NOEXCEPT;
woonkly_json_result woonkly_json_decode_item(
    woonkly_json_parser *parser, const uint8_t *bytes, size_t count, size_t readable_after_end,
    woonkly_json_item *result) WOONKLY_NOEXCEPT;

/// Parses any document and puts the walk at its start. Numbers outside of every type are malformed here.
woonkly_json_status woonkly_json_walk_begin(woonkly_json_parser *parser, const uint8_t *bytes, size_t count)
    WOONKLY_NOEXCEPT;
/// The next step of the walk that the last call began.
woonkly_json_token woonkly_json_walk_next(woonkly_json_parser *parser) WOONKLY_NOEXCEPT;

#ifdef __cplusplus
}
#endif
