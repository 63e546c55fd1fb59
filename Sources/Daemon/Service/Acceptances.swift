package import Pipeline
internal import Telemetry

extension CommandOption {
  /// What this one start may accept. No setting: a file would leave it on.
  package static let accept = CommandOption(
    "--accept", takes: "KIND", "go on over a gap, learner or divergence, see above", isRepeatable: true)
}

extension Arguments {
  /// What `--accept` names.
  package func acceptances() throws(UsageError) -> Set<Acceptance.Kind> {
    var kinds: Set<Acceptance.Kind> = []
    for name in values(CommandOption.accept.name) {
      guard let kind = Acceptance.Kind(rawValue: name) else {
        let allowed = Acceptance.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("--accept is \"\(name)\", allowed is one of \(allowed)")
      }
      kinds.insert(kind)
    }
    return kinds
  }
}

extension Era {
  /// What was accepted with it.
  var acceptedKinds: [Acceptance.Kind] {
    guard let accepted else { return [] }
    var kinds: [Acceptance.Kind] = accepted.learner != nil ? [.learner] : []
    if accepted.divergence != nil { kinds.append(.divergence) }
    // What is neither is a state that was gone back to.
    if !accepted.gaps.isEmpty || givenUp != nil || kinds.isEmpty { kinds.append(.gap) }
    return kinds
  }
}

extension Logger {
  /// Says what was accepted, with everything that is gone for good; or that nothing had to be.
  func tellAccepted(_ accepted: AcceptedEra?, of kinds: Set<Acceptance.Kind>) {
    guard let accepted, let acceptance = accepted.era.accepted else {
      guard !kinds.isEmpty else { return }
      return info("Nothing had to be accepted", ["accept": kinds.map(\.rawValue).sorted().joined(separator: ",")])
    }
    for gap in acceptance.gaps {
      warning(
        "Accepted a gap: these records are never learned from",
        [
          "topic": gap.input.topic, "partition": Int(gap.input.partition), "from": Int(gap.from), "to": Int(gap.to),
        ])
    }
    if let epochs = accepted.era.givenUp {
      warning(
        "Accepted a gap: what was learned in these epochs is lost",
        ["first_epoch": epochs.first, "last_epoch": epochs.last])
    }
    if accepted.lostTombstones > 0 {
      warning(
        "Users who were forgotten in lost epochs are known again: send their requests once more",
        ["tombstones": accepted.lostTombstones])
    }
    if let epochs = acceptance.learner {
      warning(
        "Accepted another learner's epochs: they were folded again by this one",
        ["first_epoch": epochs.first, "last_epoch": epochs.last])
    }
    if let epochs = acceptance.divergence {
      warning(
        "Accepted a divergence: the state is not the journal's",
        ["first_epoch": epochs.first, "last_epoch": epochs.last])
    }
    warning(
      "Opened an era with what was accepted",
      ["era": accepted.era.number, "from_epoch": acceptance.fromEpoch, "base_epoch": accepted.era.baseEpoch])
  }
}

extension ServiceMetrics {
  /// Counts what was accepted.
  func count(_ accepted: AcceptedEra?) {
    for kind in accepted?.era.acceptedKinds ?? [] { self.accepted[kind.rawValue].increment(by: 1) }
  }
}
