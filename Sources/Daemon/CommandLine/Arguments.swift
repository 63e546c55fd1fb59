package import Setup

/// The options and operands of one subcommand, checked against its table.
///
/// `--name value` and `--name=value` are the same; a value that begins with `--` needs the second form. After `--` everything
/// is an operand.
package struct Arguments: Sendable {
  /// What stood between and after the options.
  package private(set) var operands: [String] = []
  /// Whether `--help` or `-h` was among them; nothing else has been checked then.
  package private(set) var asksForHelp = false
  private var given: [(option: CommandOption, value: String)] = []

  /// Reads `arguments`, which begin after the subcommand's name.
  package init(_ arguments: some Sequence<String>, of subcommand: Subcommand) throws(UsageError) {
    let arguments = Array(arguments)
    asksForHelp = arguments.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    guard !asksForHelp else { return }
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        break
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        operands.append(argument)
        continue
      }
      try read(argument, &rest, subcommand)
    }
    for option in subcommand.options where option.isRequired && value(option.name) == nil {
      throw UsageError("\(option.usage) is missing")
    }
    let required = subcommand.operands.count { $0.isRequired }
    if operands.count < required { throw UsageError("\(subcommand.operands[operands.count].placeholder) is missing") }
    if operands.count > subcommand.operands.count {
      throw UsageError("\"\(operands[subcommand.operands.count])\" is one argument too many")
    }
  }

  private mutating func read(
    _ argument: String, _ rest: inout ArraySlice<String>, _ subcommand: Subcommand
  ) throws(UsageError) {
    let equals = argument.firstIndex(of: "=")
    let name = String(argument[..<(equals ?? argument.endIndex)])
    guard let option = subcommand.options.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
      let suggestion = Suggestion.nearest(to: name, among: subcommand.options.map(\.name) + ["--help"])
      throw UsageError("there is no option \(name)" + (suggestion.map { ", did you mean \($0)?" } ?? ""))
    }
    if !option.isRepeatable, given.contains(where: { $0.option.name == name }) {
      throw UsageError("\(name) is given twice")
    }
    let value: String
    switch (option.placeholder, equals) {
    case (nil, nil): value = ""
    case (nil, .some): throw UsageError("\(name) takes no value")
    case (.some, .some(let equals)): value = String(argument[argument.index(after: equals)...])
    case (.some(let placeholder), nil):
      guard let next = rest.first, !next.hasPrefix("--") else {
        throw UsageError("\(name) needs a value: \(placeholder)")
      }
      value = next
      rest.removeFirst()
    }
    if let assign = option.assign, assign(value) == nil {
      // Without the value, which may be a password.
      throw UsageError("\(name) takes \(option.placeholder ?? "a value")")
    }
    given.append((option, value))
  }

  /// The option's value; `nil`: not given.
  package func value(_ name: String) -> String? {
    given.last { $0.option.name == name }?.value
  }

  /// All values of an option that may be repeated.
  package func values(_ name: String) -> [String] {
    given.filter { $0.option.name == name }.map(\.value)
  }

  /// Whether an option without a value was given.
  package func has(_ name: String) -> Bool {
    given.contains { $0.option.name == name }
  }

  /// The option's value as a whole number within `range`; `nil`: not given.
  package func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "\(name) is \"\(text)\", allowed is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// What the options say about the configuration, in their order.
  package var assignments: [Assignment] {
    given.compactMap { given in given.option.assign.flatMap { $0(given.value) } }
  }
}
