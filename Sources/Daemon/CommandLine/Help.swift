internal import Setup

extension Subcommand {
  /// `help`.
  package static let help = Subcommand(
    "help", "explain a subcommand, or the settings",
    operands: [Operand("SUBCOMMAND", "a subcommand, or \"settings\"", isRequired: false)]
  ) { invocation in
    guard let name = invocation.arguments.operands.first else {
      invocation.output(HelpText.overview(Program.subcommands))
      return .success
    }
    if name == "settings" {
      invocation.output(HelpText.settings)
      return .success
    }
    guard let subcommand = Program.subcommands.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
      let names = Program.subcommands.map(\.name) + ["settings"]
      let suggestion = Suggestion.nearest(to: name, among: names).map { ", did you mean \($0)?" } ?? ""
      throw UsageError("there is no subcommand \(name)\(suggestion)")
    }
    invocation.output(HelpText.page(subcommand))
    return .success
  }
}
