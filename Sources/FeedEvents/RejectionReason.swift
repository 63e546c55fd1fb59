/// Why a record cannot be used.
///
/// The set is closed and the raw values are stable: they stand in the headers of dead letters, in the journal and in
/// metrics. A record with several faults has one reason, the same on every machine: first size, then the whole
/// document's form, then the fields in document order (twice, or of the wrong type), then the fields in the order of
/// the contract (missing, too long, out of range).
public enum RejectionReason: String, Error, CaseIterable, Sendable {
  // The payload as a whole.
  /// No bytes at all. (A null payload is something else: it means forget.)
  case emptyPayload = "empty_payload"
  /// More than ``RecordLimits/payloadLimitBytes``.
  case tooLarge = "too_large"
  /// Not one JSON value (RFC 8259), something after it, or an unpaired surrogate in a string.
  case malformedJSON = "malformed_json"
  /// The payload is not UTF-8.
  case invalidUTF8 = "invalid_utf8"
  /// Nested deeper than ``RecordLimits/depthLimit``.
  case tooDeep = "too_deep"
  /// JSON, but not an object.
  case notAnObject = "not_an_object"
  /// A field of the contract occurs twice: there is no telling which one was meant.
  case duplicateField = "duplicate_field"

  // Required fields. `null` counts as missing.
  /// No `user_id`.
  case missingUserID = "missing_user_id"
  /// No `item_id`, and the type needs one.
  case missingItemID = "missing_item_id"
  /// No `type`.
  case missingType = "missing_type"
  /// No `occurred_at`.
  case missingOccurredAt = "missing_occurred_at"

  // Types. A whole number may be written as 3, 3.0 or 3e0.
  /// `event_id` is not a string.
  case wrongTypeOfEventID = "wrong_type_of_event_id"
  /// `user_id` is not a string.
  case wrongTypeOfUserID = "wrong_type_of_user_id"
  /// `item_id` is not a string.
  case wrongTypeOfItemID = "wrong_type_of_item_id"
  /// `type` is not a string.
  case wrongTypeOfType = "wrong_type_of_type"
  /// `value` is not a number.
  case wrongTypeOfValue = "wrong_type_of_value"
  /// `occurred_at` is not a whole number.
  case wrongTypeOfOccurredAt = "wrong_type_of_occurred_at"
  /// `list_version` is not a whole number.
  case wrongTypeOfListVersion = "wrong_type_of_list_version"
  /// `position` is not a whole number.
  case wrongTypeOfPosition = "wrong_type_of_position"
  /// `surface` is not a string.
  case wrongTypeOfSurface = "wrong_type_of_surface"
  /// `author_id` is not a string.
  case wrongTypeOfAuthorID = "wrong_type_of_author_id"
  /// `title` is not a string.
  case wrongTypeOfTitle = "wrong_type_of_title"
  /// `tags` is not an array of strings.
  case wrongTypeOfTags = "wrong_type_of_tags"
  /// `author` is not a string.
  case wrongTypeOfAuthor = "wrong_type_of_author"
  /// `created` is not a whole number.
  case wrongTypeOfCreated = "wrong_type_of_created"
  /// `expires` is not a whole number.
  case wrongTypeOfExpires = "wrong_type_of_expires"
  /// `active` is neither `true` nor `false`.
  case wrongTypeOfActive = "wrong_type_of_active"

  // Lengths, in bytes after unescaping: none, or more than the limit.
  /// `event_id` is not 1...256 bytes.
  case lengthOfEventID = "length_of_event_id"
  /// `user_id` is not 1...256 bytes.
  case lengthOfUserID = "length_of_user_id"
  /// `item_id` is not 1...256 bytes.
  case lengthOfItemID = "length_of_item_id"
  /// `type` is empty.
  case lengthOfType = "length_of_type"
  /// `surface` is not 1...64 bytes.
  case lengthOfSurface = "length_of_surface"
  /// `author_id` is not 1...256 bytes.
  case lengthOfAuthorID = "length_of_author_id"
  /// A tag is not 1...256 bytes.
  case lengthOfTag = "length_of_tag"
  /// `author` is not 1...256 bytes.
  case lengthOfAuthor = "length_of_author"
  /// More than ``RecordLimits/tagLimit`` tags.
  case tooManyTags = "too_many_tags"

  // Ranges.
  /// `value` is not finite as a 32-bit float.
  case valueOutOfRange = "value_out_of_range"
  /// `list_version` is negative or no 64-bit integer.
  case listVersionOutOfRange = "list_version_out_of_range"
  /// `position` is negative or no 64-bit integer.
  case positionOutOfRange = "position_out_of_range"
  /// A time before 1970.
  case timeNegative = "time_negative"
  /// A time after the year 9999.
  case timeTooLate = "time_too_late"
  /// `occurred_at` is further ahead of the record's own timestamp than allowed. Not raised by decoders, which see no record.
  case timeAheadOfRecord = "time_ahead_of_record"
}
