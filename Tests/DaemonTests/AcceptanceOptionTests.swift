import Daemon
import Pipeline
import Settings
import Setup
import Testing

@Suite struct AcceptanceOptionTests {
  private func accepted(_ arguments: String...) throws -> Set<Acceptance.Kind> {
    try Arguments(arguments, of: .serve).acceptances()
  }

  @Test func `each kind by its name, and several`() throws {
    #expect(try accepted() == [])
    #expect(try accepted("--accept", "gap") == [.gap])
    #expect(try accepted("--accept=learner", "--accept", "divergence") == [.learner, .divergence])
  }

  @Test(arguments: ["gaps", "", "Gap", "all"]) func `anything else is a mistake of usage that names what there is`(
    name: String
  ) {
    let errors = Transcript()
    let status = Program.run(
      ["serve", "--accept=\(name)"], environment: [:], output: { _ in }, errors: errors.write)
    #expect(status == .usage)
    #expect(errors.text.contains("--accept is \"\(name)\", allowed is one of gap, learner, divergence"))
  }

  @Test func `it is no setting, so that no file can leave it on`() {
    #expect(!Configuration.settings.contains { $0.key.contains("accept") })
    #expect(CommandOption.accept.assign == nil)
  }

  @Test func `the help of serve says what each of them accepts`() {
    let page = HelpText.page(.serve)
    for kind in Acceptance.Kind.allCases { #expect(page.contains("\n  \(kind.rawValue) ")) }
  }
}
