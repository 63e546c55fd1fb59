package import FeedEvents
package import Pipeline

/// A reader of bytes that come from outside. Whatever they are, it returns or throws; what it accepts, it can write again.
package enum FuzzTarget: String, CaseIterable, Sendable {
  case interactions, catalog, recommendations, journal, checkpoint, yaml, settings

  /// Feeds it one input. Traps where a promise does not hold, which is what a fuzzer looks for.
  package func run(_ input: [UInt8]) {
    switch self {
    case .interactions: interactions(input)
    case .catalog: catalog(input)
    case .recommendations: recommendations(input)
    case .journal: journal(input)
    case .checkpoint: CheckpointEdits.run(input)
    case .yaml: ConfigurationInput.run(yaml: input)
    case .settings: ConfigurationInput.run(lines: input)
    }
  }

  private func interactions(_ input: [UInt8]) {
    let decoder = InteractionDecoder()
    guard let decoded = try? decoder.decode(input) else { return }
    do {
      try decoded.validate()
      let again = try decoder.decode(decoded.encoded())
      precondition(again == decoded, "\(again) is not \(decoded)")
    } catch {
      preconditionFailure("\(decoded) was accepted and is refused: \(error)")
    }
  }

  private func catalog(_ input: [UInt8]) {
    let decoder = CatalogDecoder()
    guard let decoded = try? decoder.decode(input) else { return }
    do {
      try decoded.validate()
      let again = try decoder.decode(decoded.encoded())
      precondition(again == decoded, "\(again) is not \(decoded)")
    } catch {
      preconditionFailure("\(decoded) was accepted and is refused: \(error)")
    }
  }

  private func recommendations(_ input: [UInt8]) {
    let decoder = RecommendationsDecoder()
    guard let decoded = try? decoder.decode(input) else { return }
    // Written numbers are longer than some that are read: what was near the limit may lie beyond it.
    let encoded = decoded.encoded()
    guard encoded.count <= RecordLimits.payloadLimitBytes else { return }
    do {
      let again = try decoder.decode(encoded)
      precondition(again == decoded, "\(again) is not \(decoded)")
    } catch {
      preconditionFailure("\(decoded) was accepted and is refused: \(error)")
    }
  }

  private func journal(_ input: [UInt8]) {
    guard let decoded = try? JournalContent(decoding: JournalRecord(offset: 0, value: input)) else { return }
    do {
      let again = try JournalContent(decoding: JournalRecord(offset: 0, value: decoded.encoded()))
      precondition(again == decoded, "\(again) is not \(decoded)")
    } catch {
      preconditionFailure("\(decoded) was accepted and is refused: \(error)")
    }
  }
}
