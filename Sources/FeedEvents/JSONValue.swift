/// Any JSON document as a tree, for records that are read rarely: the journal, lists in `watch`.
package enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case int64(Int64)
  /// Only above the largest `Int64`, so that equal numbers are equal values.
  case uint64(UInt64)
  case double(Double)
  /// Unescaped UTF-8.
  case string([UInt8])
  case array([JSONValue])
  /// In document order, each key once.
  case object([JSONMember])

  /// The member of an object with this key; nil if there is none, or if this is no object.
  package subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.elementsEqual(key.utf8) }?.value
  }

  /// A whole number that 64 bits with sign hold, also if written as `3.0`.
  package var integer: Int64? {
    switch self {
    case .int64(let value): return value
    case .double(let value):
      // Not Int64(exactly:), which in debug builds needs libm, and nothing else here does.
      guard value >= -0x1p63, value < 0x1p63, Double(Int64(value)) == value else { return nil }
      return Int64(value)
    case .null, .bool, .uint64, .string, .array, .object: return nil
    }
  }

  /// Any number, rounded to a double.
  package var number: Double? {
    switch self {
    case .int64(let value): Double(value)
    case .uint64(let value): Double(value)
    case .double(let value): value
    case .null, .bool, .string, .array, .object: nil
    }
  }

  package var string: [UInt8]? {
    if case .string(let value) = self { value } else { nil }
  }

  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  package var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  package var object: [JSONMember]? {
    if case .object(let value) = self { value } else { nil }
  }
}

/// One key of an object and its value.
package struct JSONMember: Equatable, Sendable {
  /// Unescaped UTF-8.
  package var key: [UInt8]
  package var value: JSONValue

  package init(key: [UInt8], value: JSONValue) {
    self.key = key
    self.value = value
  }
}

extension JSONWriter {
  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .int64(let value): integer(value)
    case .uint64(let value): integer(value)
    case .double(let value): number(value)
    case .string(let value): string(value)
    case .array(let values):
      beginArray()
      for element in values { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        key(member.key.span)
        self.value(member.value)
      }
      endObject()
    }
  }
}
