package import Settings

/// Settings whose keys share a beginning and end in a free name.
package struct SettingPattern: Sendable {
  /// The fixed part, with its last dot.
  package let prefix: String
  /// What stands for the free part in help texts.
  package let placeholder: String
  /// One line for people.
  package let summary: String
  private let make: @Sendable (String) -> Setting<Configuration>

  /// A pattern; `make` gets the free part, which is not empty.
  package init(
    prefix: String, placeholder: String, _ summary: String,
    make: @escaping @Sendable (String) -> Setting<Configuration>
  ) {
    self.prefix = prefix
    self.placeholder = placeholder
    self.summary = summary
    self.make = make
  }

  /// The setting with this key; `nil` when the pattern does not fit.
  package func setting(_ key: String) -> Setting<Configuration>? {
    guard key.utf8.starts(with: prefix.utf8), key.utf8.count > prefix.utf8.count else { return nil }
    return make(String(key.dropFirst(prefix.count)))
  }
}
