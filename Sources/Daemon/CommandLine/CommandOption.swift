package import Setup

/// One option of a subcommand. Parsing, checks and help all come from here.
package struct CommandOption: Sendable {
  /// With its dashes, for example `--rate`.
  package let name: String
  /// What the value is, for example `N`; `nil`: the option has none.
  package let placeholder: String?
  /// One line for people.
  package let summary: String
  /// Whether it may come more than once.
  package let isRepeatable: Bool
  /// Whether it has to come.
  package let isRequired: Bool
  /// What the option says about the configuration, given its value; `nil` when that has the wrong form.
  package let assign: (@Sendable (String) -> Assignment?)?

  /// An option that the subcommand reads itself.
  package init(
    _ name: String, takes placeholder: String? = nil, _ summary: String, isRepeatable: Bool = false,
    isRequired: Bool = false, assign: (@Sendable (String) -> Assignment?)? = nil
  ) {
    precondition(name.hasPrefix("--"), "an option begins with two dashes, not \(name)")
    self.name = name
    self.placeholder = placeholder
    self.summary = summary
    self.isRepeatable = isRepeatable
    self.isRequired = isRequired
    self.assign = assign
  }

  /// A short name for a setting.
  package static func setting(_ name: String, _ placeholder: String, _ key: String, _ summary: String) -> CommandOption
  {
    CommandOption(name, takes: placeholder, summary) { Assignment(key: key, value: $0, source: .option(name)) }
  }

  /// `KEY=VALUE` for a setting whose key begins with `prefix`.
  package static func pair(_ name: String, _ placeholder: String, prefix: String, _ summary: String) -> CommandOption {
    CommandOption(name, takes: placeholder, summary, isRepeatable: true) { text in
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
      let value = String(text[text.index(after: equals)...])
      return Assignment(key: prefix + text[..<equals], value: value, source: .option(name))
    }
  }

  /// As usage lines show it: `--rate N`.
  package var usage: String {
    placeholder.map { "\(name) \($0)" } ?? name
  }
}
