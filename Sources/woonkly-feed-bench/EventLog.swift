internal import Evaluation
internal import FeedEvents

/// A synthetic app's log in memory, encoded as it lies in the topics.
///
/// Impressions are left out: they teach nothing, and would make every number look better than it is.
struct EventLog {
  struct Record {
    let key: [UInt8]
    let value: [UInt8]
    let occurredAt: Int64
  }

  private(set) var catalog: [Record] = []
  private(set) var interactions: [Record] = []

  /// The number of bytes of an average event's key and value.
  var eventBytes: Int {
    interactions.reduce(0) { $0 + $1.key.count + $1.value.count } / max(1, interactions.count)
  }

  /// People and posts as a town's app has them.
  static var town: SyntheticParameters {
    var parameters = SyntheticParameters()
    parameters.users = 20_000
    parameters.authors = 1_000
    parameters.posts = 10_000
    parameters.postsPerHour = 1_000
    parameters.sessionsPerHour = 40_000
    parameters.reportsImpressions = false
    return parameters
  }

  /// The first `events` events of an app's history, and every post written meanwhile.
  init(events: Int, parameters: SyntheticParameters = town) {
    var app = SyntheticApp(parameters)
    interactions.reserveCapacity(events)
    while interactions.count < events {
      let activity = app.advance(to: app.now + 60_000)
      for var item in activity.catalog {
        // The history lies in the past, where every post would have expired.
        item.expires = nil
        catalog.append(Record(key: item.itemID, value: item.encoded(), occurredAt: item.created ?? 0))
      }
      for interaction in activity.interactions.prefix(events - interactions.count) {
        interactions.append(
          Record(key: interaction.userID, value: interaction.encoded(), occurredAt: interaction.occurredAt))
      }
    }
  }
}
