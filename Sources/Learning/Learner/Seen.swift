extension Learner {
  /// Whether the user's seen set holds the item.
  public func hasSeen(user: Span<UInt8>, item: Span<UInt8>) -> Bool {
    guard let user = users.map.row(of: user), let item = items.map.row(of: item) else { return false }
    return users.records[user].log.hasSeen(items.serial(ofRow: item))
  }
}
