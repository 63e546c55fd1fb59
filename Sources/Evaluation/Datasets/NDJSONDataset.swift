public import FeedEvents

/// A file with one JSON object per line, read line by line in constant memory, in the order of the file.
///
/// A line is an interaction as the topic `woonkly.interactions` carries it. An object without `user_id` is a catalogue item
/// as `woonkly.items` carries it: it has `item_id`, and tags, title and the like. An item is best placed before its first
/// event. Empty lines are skipped.
///
///     var dataset = try NDJSONDataset(file: "events.ndjson")
///     while let entry = try dataset.next() {
///       switch entry {
///       case .item(let item): …
///       case .interaction(let interaction): …
///       }
///     }
public struct NDJSONDataset: ~Copyable {
  /// What one line holds.
  public enum Entry: Equatable, Sendable {
    /// Something a user did.
    case interaction(Interaction)
    /// Something the catalogue says about an item.
    case item(CatalogItem)
  }

  private var reader: LineReader
  private let interactions = InteractionDecoder()
  private let items = CatalogDecoder()

  /// Opens a file.
  /// - Throws: ``DatasetError`` if it cannot be opened.
  public init(file: String) throws(DatasetError) {
    reader = try LineReader(file)
  }

  /// Reads on to the next line that is not empty.
  /// - Returns: what it holds; nil at the end of the file.
  /// - Throws: ``DatasetError`` with the line. The next call goes on behind it, unless the file cannot be read any further.
  public mutating func next() throws(DatasetError) -> Entry? {
    let (interactions, items) = (interactions, items)
    while true {
      let line = try reader.next { line throws(DatasetError.Problem) -> Entry? in
        line.isEmpty ? nil : try Self.decode(line, interactions, items)
      }
      guard let line else { return nil }
      if let entry = line { return entry }
    }
  }

  private static func decode(
    _ line: Span<UInt8>, _ interactions: InteractionDecoder, _ items: CatalogDecoder
  ) throws(DatasetError.Problem) -> Entry {
    do {
      return .interaction(try interactions.decode(line))
    } catch {
      guard error == .missingUserID else { throw .rejected(error) }
    }
    do {
      return .item(try items.decode(line))
    } catch {
      throw .rejected(error)
    }
  }
}
