/// One value that somebody gave to one key.
package struct Assignment: Equatable, Sendable {
  /// The dotted key, as it was written.
  package var key: String
  /// The text, as it was written.
  package var value: String
  /// Whether the file had a list here, joined by commas.
  package var isList = false
  /// Who gave it.
  package var source: ConfigurationSource

  /// An assignment of one scalar.
  package init(key: String, value: String, source: ConfigurationSource) {
    self.key = key
    self.value = value
    self.source = source
  }
}
