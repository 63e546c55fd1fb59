internal import FeedEvents
internal import Pipeline

extension EventEffects {
  /// What is worth finding where a part of the events is measured without order. A view counts only against the running mean
  /// of views, so it is none here.
  func isPositive(_ type: InteractionType) -> Bool {
    switch type {
    case .click: click > 0
    case .like: like > 0
    case .comment: comment > 0
    case .share: share > 0
    case .follow: follow > 0
    case .purchase: purchase > 0
    case .rating: rating > 0
    case .impression, .view, .skip, .hide, .report, .unlike, .unfollow, .forget, .unknown: false
    }
  }
}
