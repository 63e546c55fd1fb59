extension ItemIndex {
  /// The best `count` items for a query: score descending, then id bytes ascending; fewer if fewer are eligible.
  ///
  /// - Parameters:
  ///   - query: `dimension` floats; finite, norm at most ``maximumNorm``.
  ///   - count: 1...``maximumCount``.
  ///   - excluded: rows not to be found; duplicates, and rows the index does not have, are allowed. O(their number).
  ///   - now: milliseconds, decides which rows have expired.
  ///   - likely: rows that may well be among the best, such as those of the user's previous list. They save time when at
  ///     least `count` of them can be found, and never change the result.
  ///   - scratch: working memory.
  public func search(
    query: [Float], count: Int, excluding excluded: [UInt32] = [], now: Int64, likely: [UInt32] = [],
    scratch: inout SearchScratch
  ) -> [Hit] {
    scratch.reserve(1)
    begin(SearchRequest(query: query, count: count, excluding: excluded, likely: likely), now, &scratch.searches[0])
    for group in 0..<bounds.groups {
      let reached = bounds.bounds(group: group, scratch.searches[0].chord) .>= scratch.searches[0].threshold
      guard any(reached) else { continue }
      for lane in 0..<BlockBounds.group where reached[lane] {
        scan(group * BlockBounds.group + lane, &scratch.searches[0])
      }
    }
    return finish(excluded, &scratch.searches[0])
  }

  func begin(_ request: SearchRequest, _ now: Int64, _ search: inout RunningSearch) {
    precondition(
      request.query.count == Self.dimension, "a query has \(Self.dimension) floats, not \(request.query.count)")
    precondition((1...Self.maximumCount).contains(request.count), "\(request.count) is not in 1...\(Self.maximumCount)")
    let norm = euclideanNorm(request.query)
    precondition(norm <= Double(Self.maximumNorm), "the query has the norm \(norm)")
    search.begin(query: request.query, count: request.count, now: now, rows: count)
    search.chord = bounds.chord(norm: norm)
    for row in request.excluding { search.exclude(row) }
    raiseThreshold(request.likely, &search)
  }

  /// The lowest of the best `count` of any findable rows is a score that as many rows reach, so nothing below it is needed.
  private func raiseThreshold(_ rows: [UInt32], _ search: inout RunningSearch) {
    guard rows.count >= search.count else { return }
    for row in rows where row < count && isEligible(row, now: search.now) && !search.excludes(row) {
      search.candidates.append(Hit(row: row, score: score(row: row, query: search.query)))
      // Until the loop is over, so that a duplicate counts once.
      search.exclude(row)
    }
    for hit in search.candidates { search.include(hit.row) }
    search.condense(identifiers)
    search.candidates.removeAll(keepingCapacity: true)
  }

  /// Adds a block's scores that reach the threshold and belong to findable rows.
  @inline(__always)
  func scan(_ block: Int, _ search: inout RunningSearch) {
    let scores = blocks.scores(block: block, query: search.query.span)
    guard scores.reach(search.threshold) else { return }
    collect(scores, block, &search)
  }

  @inline(never)
  private func collect(_ scores: ItemBlocks.Scores, _ block: Int, _ search: inout RunningSearch) {
    // SAFETY: the scores are 64 floats without padding, read during the closure only.
    unsafe withUnsafeBytes(of: scores) { raw in
      let values = unsafe raw.assumingMemoryBound(to: Float.self)
      for lane in 0..<ItemBlocks.lanes {
        let score = unsafe values[lane]
        guard score >= search.threshold else { continue }
        let row = order[block * ItemBlocks.lanes + lane]
        guard !search.excludes(row), isEligible(row, now: search.now) else { continue }
        search.candidates.append(Hit(row: row, score: score))
        if search.candidates.count == search.capacity { search.condense(identifiers) }
      }
    }
  }

  func finish(_ excluded: [UInt32], _ search: inout RunningSearch) -> [Hit] {
    for row in excluded { search.include(row) }
    search.condense(identifiers)
    search.candidates.sort { $0.precedes($1, identifiers) }
    return Array(search.candidates)
  }
}
