internal import Evaluation
internal import FeedEvents

/// A data set of the command line: a catalog, then events in order of time.
struct Dataset {
  private enum Form {
    case movieLens(MovieLensDataset)
    case lines(file: String)
  }

  /// Everything that the data set says about items.
  let catalog: [CatalogItem]
  /// The number of events.
  let count: Int
  private let form: Form

  /// Where data sets come from.
  static let options = [
    CommandOption("--movielens", takes: "DIR", "a MovieLens release: ml-100k, ml-1m, ml-10m, or one with ratings.csv"),
    CommandOption("--ndjson", takes: "FILE", "a file with one event, or one item of the catalog, as JSON in each line"),
  ]

  /// Opens what the options name. A file of lines is read once to its end, so that a mistake in it shows before anything
  /// is done; its events are not kept.
  init(_ arguments: Arguments) throws {
    switch (arguments.value("--movielens"), arguments.value("--ndjson")) {
    case (let directory?, nil):
      let dataset = try Self.read { () throws(DatasetError) in try MovieLensDataset(directory: directory) }
      (form, catalog, count) = (.movieLens(dataset), dataset.catalog, dataset.count)
    case (nil, let file?):
      var catalog: [CatalogItem] = []
      var count = 0
      try Self.forEach(in: file) { entry in
        switch entry {
        case .item(let item): catalog.append(item)
        case .interaction: count += 1
        }
      }
      (form, self.catalog, self.count) = (.lines(file: file), catalog, count)
    case (nil, nil): throw UsageError("--movielens DIR or --ndjson FILE is missing")
    case (.some, .some): throw UsageError("--movielens and --ndjson exclude each other")
    }
    if count == 0 { throw Failure(.unusableData, "the data set holds no events") }
  }

  /// Hands over the first `limit` events in order, at most `size` at a time.
  func batches(of size: Int, limit: Int = .max, _ body: ([Interaction]) throws -> Void) throws {
    let wanted = min(limit, count)
    var done = 0
    switch form {
    case .movieLens(let dataset):
      while done < wanted {
        let end = min(done + size, wanted)
        try body(Array(dataset[done..<end]))
        done = end
      }
    case .lines(let file):
      var batch: [Interaction] = []
      func flush() throws {
        done += batch.count
        try body(batch)
        batch.removeAll(keepingCapacity: true)
      }
      try Self.forEach(in: file) { entry in
        guard case .interaction(let interaction) = entry, done + batch.count < wanted else { return }
        batch.append(interaction)
        if batch.count == size { try flush() }
      }
      if !batch.isEmpty { try flush() }
      guard done == wanted else {
        throw Failure(
          .unusableData, "\(file) held \(count) events, now \(done): it is read twice, so a pipe will not do")
      }
    }
  }

  private static func forEach(in file: String, _ body: (NDJSONDataset.Entry) throws -> Void) throws {
    var dataset = try read { () throws(DatasetError) in try NDJSONDataset(file: file) }
    while true {
      let entry = try read { () throws(DatasetError) in try dataset.next() }
      guard let entry else { return }
      try body(entry)
    }
  }

  private static func read<Result: ~Copyable>(_ body: () throws(DatasetError) -> Result) throws(Failure) -> Result {
    do throws(DatasetError) { return try body() } catch { throw Failure(.unusableData, "\(error)") }
  }
}
