import FeedEvents
import Learning
public import Settings

/// What each event type means for learning: the table of a social feed, as configuration.
///
/// Weights are those of the softmax step of a positive, in sixteenths; explicit negatives pull the user's own row away from
/// the item and touch no item.
public struct EventEffects: Equatable, Sendable {
  /// Weight of a view longer than the running mean.
  public var view: Float = 0.5
  /// Weight of a click.
  public var click: Float = 0.5
  /// Weight of a like.
  public var like: Float = 1
  /// Weight of a comment.
  public var comment: Float = 1.5
  /// Weight of a share.
  public var share: Float = 2
  /// Weight of a purchase.
  public var purchase: Float = 2
  /// Weight of following an item.
  public var follow: Float = 1
  /// Weight of a rating, whatever its value.
  public var rating: Float = 1
  /// Weight of a skip as explicit negative.
  public var skip: Float = 0.25
  /// Weight of hiding as explicit negative.
  public var hide: Float = 1
  /// Weight of reporting as explicit negative.
  public var report: Float = 1

  /// How many impressions without an answer make an item seen.
  public var seenAfterImpressions = 3

  /// The defaults.
  public init() {}

  /// Every weight, as a key.
  public static let settings: [Setting<EventEffects>] = [
    .weight("events.view.weight", \.view, "softmax weight of a view with a dwell above the running mean"),
    .weight("events.click.weight", \.click, "softmax weight of a click"),
    .weight("events.like.weight", \.like, "softmax weight of a like"),
    .weight("events.comment.weight", \.comment, "softmax weight of a comment"),
    .weight("events.share.weight", \.share, "softmax weight of a share"),
    .weight("events.purchase.weight", \.purchase, "softmax weight of a purchase"),
    .weight("events.follow.weight", \.follow, "softmax weight of following an item"),
    .weight("events.rating.weight", \.rating, "softmax weight of a rating, whatever its value"),
    .weight("events.skip.negative", \.skip, "weight of a skip as explicit negative"),
    .weight("events.hide.negative", \.hide, "weight of hiding as explicit negative"),
    .weight("events.report.negative", \.report, "weight of reporting as explicit negative"),
    .integer(
      "events.impression.seen_after", \.seenAfterImpressions, in: 1...256,
      "impressions without an answer after which an item counts as seen"),
  ]

  /// What `type` means, `value` being the rating or the dwell, or nil where it teaches nothing.
  /// `isLongView` is asked at most once, for a view with a dwell: it moves the running mean.
  func effect(
    of type: InteractionType, value: Float?, isLongView: (Float) -> Bool
  ) -> Effect? {
    switch type {
    case .forget, .unknown: nil
    case .impression: Effect(seenAfterImpressions: seenAfterImpressions, engaged: false)
    case .view:
      if let value, isLongView(value) { .positive(view) } else { .glance }
    case .click: .positive(click)
    case .like: .positive(like)
    case .comment: .positive(comment)
    case .share: .positive(share)
    case .purchase: .positive(purchase)
    case .follow: .positive(follow)
    case .rating: .positive(rating, rating: value)
    case .skip: Effect(seen: true, negativeWeight: skip, engaged: false)
    case .hide: Effect(seen: true, history: .remove, negativeWeight: hide, engaged: false)
    case .report: Effect(seen: true, history: .remove, negativeWeight: report, engaged: false)
    case .unlike, .unfollow: Effect(seen: true, history: .remove, undo: true)
    }
  }
}

extension Effect {
  fileprivate static func positive(_ weight: Float, rating: Float? = nil) -> Effect {
    Effect(seen: true, history: .append, weight: weight, rating: rating, engaged: true)
  }

  /// Seen, and that is all.
  fileprivate static var glance: Effect {
    Effect(seen: true, engaged: false)
  }
}

extension Setting where Root == EventEffects {
  fileprivate static func weight(
    _ key: String, _ path: any (WritableKeyPath<EventEffects, Float> & Sendable), _ summary: String
  ) -> Setting {
    // Sixteenths up to 15.9: the seen set keeps a weight in one byte.
    Setting(
      key, summary, allowed: "a multiple of 0.0625 from 0 to 15.9375",
      read: { "\($0[keyPath: path])" },
      write: { root, text in
        guard let value = Float(text), (0...15.9375).contains(value), (value * 16).rounded() == value * 16 else {
          return false
        }
        root[keyPath: path] = value
        return true
      })
  }
}
