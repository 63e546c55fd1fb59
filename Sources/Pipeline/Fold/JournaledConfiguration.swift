public import Learning
public import Settings

/// Everything that decides what is learned and what a list looks like. An era carries it in canonical form, so that
/// recovery and audit work under the configuration that was in force and not under today's.
public struct JournaledConfiguration: Equatable, Sendable {
  /// The learner's.
  public var learning = LearningConfiguration()
  /// What event types mean.
  public var events = EventEffects()
  /// What lists look like.
  public var lists = ListConfiguration()

  /// The defaults.
  public init() {}

  /// Every key.
  public static let settings: [Setting<JournaledConfiguration>] =
    LearningConfiguration.settings.map { $0.lifted(into: \.learning) }
    + EventEffects.settings.map { $0.lifted(into: \.events) }
    + ListConfiguration.settings.map { $0.lifted(into: \.lists) }

  /// The text that an era carries.
  public var canonicalText: String { Self.settings.canonicalText(of: self) }

  /// Reads an era's text.
  /// - Throws: ``SettingError`` for a key or value this version does not know.
  public init(canonicalText: String) throws(SettingError) {
    self.init()
    try Self.settings.apply(canonicalText: canonicalText, to: &self)
  }
}

/// What a published list looks like.
public struct ListConfiguration: Equatable, Sendable {
  /// The number of items in a full list.
  public var length = 50
  /// The number of items that retrieval finds for the ranker to choose from; a list is no shorter for it.
  public var candidates = 200
  /// One place in so many goes to an item that has hardly been shown; 0: none.
  public var explorationOneIn = 50
  /// Items with fewer exposures than this are explored.
  public var explorationImpressions = 20

  /// The defaults.
  public init() {}

  /// Every key.
  public static let settings: [Setting<ListConfiguration>] = [
    .integer("lists.length", \.length, in: 1...1000, "items in a full list"),
    .integer(
      "lists.candidates", \.candidates, in: 1...1000, "items found by retrieval, of which the ranker makes a list"),
    .integer(
      "lists.exploration.one_in", \.explorationOneIn, in: 0...1_000_000,
      "one place in so many goes to an item that has hardly been shown; 0: none"),
    .integer(
      "lists.exploration.impressions", \.explorationImpressions, in: 0...1_000_000,
      "exposures from which on an item is no longer explored"),
  ]
}
