extension ItemIndex {
  /// So many searches go through the blocks together.
  public static let batchRequests = 16

  /// Searches for several users, with the results that ``search(query:count:excluding:now:likely:scratch:)`` gives each.
  ///
  /// Each block is scored for all users who need it while it is in the first cache, which pays when many blocks are needed.
  /// - Returns: the hits of each request, in the requests' order.
  public func search(_ requests: [SearchRequest], now: Int64, scratch: inout SearchScratch) -> [[Hit]] {
    var results: [[Hit]] = []
    results.reserveCapacity(requests.count)
    for start in stride(from: 0, to: requests.count, by: Self.batchRequests) {
      let part = requests[start..<min(start + Self.batchRequests, requests.count)]
      scratch.reserve(part.count)
      for (slot, request) in part.enumerated() { begin(request, now, &scratch.searches[slot]) }
      for group in 0..<bounds.groups { scan(group: group, searches: part.count, &scratch) }
      for (slot, request) in part.enumerated() { results.append(finish(request.excluding, &scratch.searches[slot])) }
    }
    return results
  }

  private func scan(group: Int, searches: Int, _ scratch: inout SearchScratch) {
    var needed = SIMDMask<SIMD8<Int32>>()
    for slot in 0..<searches {
      let reached = bounds.bounds(group: group, scratch.searches[slot].chord) .>= scratch.searches[slot].threshold
      scratch.searches[slot].reached = reached
      needed .|= reached
    }
    // Past the popular items this is all there is to do.
    guard any(needed) else { return }
    for lane in 0..<BlockBounds.group where needed[lane] {
      for slot in 0..<searches where scratch.searches[slot].reached[lane] {
        scan(group * BlockBounds.group + lane, &scratch.searches[slot])
      }
    }
  }
}
