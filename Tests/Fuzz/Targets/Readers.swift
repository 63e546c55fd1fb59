import FeedEvents
import Pipeline

/// The readers, kept between inputs as the daemon keeps them: what one record leaves behind must not touch the next.
package final class Readers {
  private let interactions = InteractionDecoder()
  private let catalog = CatalogDecoder()
  private let recommendations = RecommendationsDecoder()

  /// Creates the readers.
  package init() {}

  /// Feeds one input to a target. Traps where a promise does not hold, which is what a fuzzer looks for.
  package func run(_ target: FuzzTarget, _ input: [UInt8]) {
    switch target {
    case .interactions: readInteraction(input)
    case .catalog: readItem(input)
    case .recommendations: readList(input)
    case .journal: readJournal(input)
    case .checkpoint: CheckpointEdits.run(input)
    case .yaml: ConfigurationInput.run(yaml: input)
    case .settings: ConfigurationInput.run(lines: input)
    }
  }

  private func readInteraction(_ input: [UInt8]) {
    guard let decoded = try? interactions.decode(input) else { return }
    do {
      try decoded.validate()
      let again = try interactions.decode(decoded.encoded())
      precondition(again == decoded, "\(again) is not \(decoded)")
    } catch {
      preconditionFailure("\(decoded) was accepted and is refused: \(error)")
    }
  }

  private func readItem(_ input: [UInt8]) {
    guard let decoded = try? catalog.decode(input) else { return }
    do {
      try decoded.validate()
      let again = try catalog.decode(decoded.encoded())
      precondition(again == decoded, "\(again) is not \(decoded)")
    } catch {
      preconditionFailure("\(decoded) was accepted and is refused: \(error)")
    }
  }

  private func readList(_ input: [UInt8]) {
    guard let decoded = try? recommendations.decode(input) else { return }
    // Written numbers are longer than some that are read: what was near the limit may lie beyond it.
    let encoded = decoded.encoded()
    guard encoded.count <= RecordLimits.payloadLimitBytes else { return }
    do {
      let again = try recommendations.decode(encoded)
      precondition(again == decoded, "\(again) is not \(decoded)")
    } catch {
      preconditionFailure("\(decoded) was accepted and is refused: \(error)")
    }
  }

  private func readJournal(_ input: [UInt8]) {
    guard let decoded = try? JournalContent(decoding: JournalRecord(offset: 0, value: input)) else { return }
    do {
      let again = try JournalContent(decoding: JournalRecord(offset: 0, value: decoded.encoded()))
      precondition(again == decoded, "\(again) is not \(decoded)")
    } catch {
      preconditionFailure("\(decoded) was accepted and is refused: \(error)")
    }
  }
}
