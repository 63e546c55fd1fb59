/// librdkafka's properties by name, passed on as they are.
///
/// A value that may be a secret shows itself only to ``revealed(_:)``: descriptions, dumps and mirrors say `(secret)`.
package struct BrokerProperties: Equatable, Sendable {
  private var values: [String: String] = [:]

  /// No properties.
  package init() {}

  /// The names in use, in order.
  package var names: [String] {
    values.keys.sorted()
  }

  /// The value for librdkafka; `nil`: not set.
  package func revealed(_ name: String) -> String? {
    values[name]
  }

  /// The value for people; `nil`: not set.
  package func redacted(_ name: String) -> String? {
    values[name].map { Self.isSecret(name) ? "(secret)" : $0 }
  }

  package mutating func set(_ name: String, _ value: String) {
    values[name] = value
  }

  /// Whether a property's value must not be shown: passwords, private keys, tokens, and whatever else has such a name.
  package static func isSecret(_ name: String) -> Bool {
    let words = ["password", "secret", "token", "key.pem", "keystore", "oauthbearer.config", "credential"]
    // A location is a path, not what lies there.
    return !name.hasSuffix(".location") && words.contains { name.contains($0) }
  }

  /// Whether `name` can be a property's name at all: librdkafka's are words of lower case and digits between dots.
  package static func isName(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return name.utf8.count <= 100
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
          }
      }
  }

  /// The only value that the epoch protocol can work with, for properties where there is one.
  package static let required: [String: String] = [
    "isolation.level": "read_committed", "enable.idempotence": "true", "enable.auto.commit": "false",
    "enable.auto.offset.store": "false", "auto.offset.reset": "error", "partitioner": "murmur2_random",
  ]
}

extension BrokerProperties: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Names and redacted values.
  package var description: String {
    "[" + names.map { "\($0)=\(redacted($0) ?? "")" }.joined(separator: ", ") + "]"
  }

  /// Names and redacted values.
  package var debugDescription: String { description }

  /// Names and redacted values.
  package var customMirror: Mirror {
    Mirror(self, children: names.map { (label: $0, value: redacted($0) ?? "") })
  }
}
