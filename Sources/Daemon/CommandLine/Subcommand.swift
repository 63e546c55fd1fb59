/// One thing that the program can do: its name, its options, and the function that does it.
package struct Subcommand: Sendable {
  /// The word on the command line.
  package let name: String
  /// One line for the list of subcommands.
  package let summary: String
  /// More, for its own page. May be empty.
  package let discussion: String
  /// What may stand beside options.
  package let operands: [Operand]
  /// In the order of the help text.
  package let options: [CommandOption]
  /// Does it.
  package let run: @Sendable (Invocation) throws -> ExitStatus

  /// An argument without a name.
  package struct Operand: Sendable {
    /// What it is, for example `DIR`.
    package let placeholder: String
    /// One line for people.
    package let summary: String
    /// Whether it has to come.
    package let isRequired: Bool

    /// An operand.
    package init(_ placeholder: String, _ summary: String, isRequired: Bool = true) {
      self.placeholder = placeholder
      self.summary = summary
      self.isRequired = isRequired
    }
  }

  /// A subcommand.
  package init(
    _ name: String, _ summary: String, discussion: String = "", operands: [Operand] = [], options: [CommandOption] = [],
    run: @escaping @Sendable (Invocation) throws -> ExitStatus
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.operands = operands
    self.options = options
    self.run = run
  }
}
