import Learning
import Pipeline

/// How long a history is, and how much happens in it.
struct HistoryShape {
  var records: Int
  var starts: Int
  var turns: Int
  var calls: Int
  /// Whether old records are deleted.
  var hasRetention = true
  /// Whether the learner changes on the way.
  var hasUpgrades = true

  /// Most histories are short: many beginnings say more than long runs.
  static func short(_ random: inout Randomness) -> HistoryShape {
    HistoryShape(records: 8 + random.below(40), starts: 1 + random.below(3), turns: 24, calls: 120)
  }

  static func long(_ random: inout Randomness) -> HistoryShape {
    HistoryShape(records: 60 + random.below(200), starts: 2 + random.below(5), turns: 80, calls: 400)
  }

  /// One in fifty is long.
  static func any(_ random: inout Randomness) -> HistoryShape {
    random.chance(2) ? long(&random) : short(&random)
  }
}

extension JournaledConfiguration {
  /// A model as small as can be: what is shown does not depend on its size.
  static func tiny(_ random: inout Randomness) -> JournaledConfiguration {
    var configuration = JournaledConfiguration()
    // Tables that are full most of the time, each in a fifth of the histories.
    configuration.learning.userRows = random.chance(20) ? 2 + random.below(6) : 1_000
    configuration.learning.itemRows = random.chance(20) ? 2 + random.below(8) : 1_000
    configuration.learning.tagRows = random.chance(20) ? 2 + random.below(3) : 1_000
    configuration.learning.logEntries = random.chance(10) ? 1 + random.below(40) : 100_000
    configuration.learning.negatives = 1 + random.below(3)
    configuration.learning.recentLength = 1 + random.below(3)
    configuration.learning.historyLength = 2 + random.below(6)
    configuration.lists.length = 1 + random.below(8)
    return configuration
  }
}

extension Pacing {
  static func random(_ random: inout Randomness) -> Pacing {
    var pacing = Pacing()
    pacing.epochRecords = 1 + random.below(40)
    pacing.epochMilliseconds = 1 + random.below(200)
    pacing.freezeMilliseconds = 1 + random.below(400)
    pacing.freezeUsers = 1 + random.below(12)
    pacing.listsPerEpoch = 1 + random.below(8)
    pacing.checkpointSeconds = 1 + random.below(3)
    return pacing
  }
}
