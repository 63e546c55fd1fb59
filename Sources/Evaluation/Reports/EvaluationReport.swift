/// What an evaluation found, as JSON for programs and as a table for people.
public struct EvaluationReport: Equatable, Sendable {
  /// How events were divided into those learned and those measured.
  public enum Procedure: String, CaseIterable, Sendable {
    /// Each event is measured, then learned.
    case prequential
    /// A shuffled part is learned, then the rest is measured.
    case randomSplit = "random-split"
  }

  /// What was evaluated.
  public enum Model: String, CaseIterable, Sendable {
    /// The model of the daemon.
    case online
    /// ``SeedRanking``.
    case seedRanking = "seed-ranking"
    /// ``SeedRetrieval``.
    case seedRetrieval = "seed-retrieval"
  }

  /// How many events were read.
  public var events: Int
  /// How they were used.
  public var procedure: Procedure
  /// What they were used on.
  public var model: Model
  /// Quality over all measured events.
  public var all: Quality
  /// Quality over the last half of the stream; nil where there is no order in time.
  public var lastHalf: Quality?
  /// How long it took.
  public var seconds: Double
  /// The most memory that was resident, in bytes.
  public var peakRSSBytes: Int
  /// Digest of what was learned; nil if it was not computed.
  public var digest: UInt128?
  /// The share of known items that were recommended at least once; nil if not measured.
  public var coverage: Double?
  /// How unevenly they were recommended, 0...1: ``RecommendationCounts/gini(of:)``; nil if not measured.
  public var gini: Double?

  /// A report from its parts.
  public init(
    events: Int, procedure: Procedure, model: Model = .online, all: Quality, lastHalf: Quality?, seconds: Double,
    peakRSSBytes: Int, digest: UInt128?
  ) {
    self.events = events
    self.procedure = procedure
    self.model = model
    self.all = all
    self.lastHalf = lastHalf
    self.seconds = seconds
    self.peakRSSBytes = peakRSSBytes
    self.digest = digest
  }

  /// A report of a whole prequential run.
  public init(prequential metrics: PrequentialMetrics, seconds: Double, peakRSSBytes: Int, digest: UInt128?) {
    self.init(
      events: metrics.count, procedure: .prequential, all: metrics.all, lastHalf: metrics.lastHalf, seconds: seconds,
      peakRSSBytes: peakRSSBytes, digest: digest)
  }

  /// The speed; nil if it took no time.
  public var eventsPerSecond: Double? { seconds > 0 ? Double(events) / seconds : nil }

  /// The digest as 32 hexadecimal digits.
  var digestText: String? {
    digest.map { digest in
      let digits = String(digest, radix: 16)
      return String(repeating: "0", count: 32 - digits.count) + digits
    }
  }
}
