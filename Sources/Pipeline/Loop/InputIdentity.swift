extension Recovery {
  /// Reads the last folded record of each input again. Kafka does not say when a topic is another one of the same name.
  /// - Parameter journaled: where the journal leaves the inputs, which is further on.
  /// - Returns: where the inputs begin.
  static func checkIdentity<Log: InputLog>(
    of positions: [InputPosition], through journaled: [InputPartition: Int64], in log: inout Log, now: () -> Int64
  ) throws -> [Int64] {
    let inputs = positions.map(\.input)
    let beginnings = try log.beginnings(of: inputs)
    let folded = positions.map { max($0.next, journaled[$0.input] ?? 0) }
    let ends = try ends(of: inputs, through: folded, in: &log, now: now)
    for (index, input) in inputs.enumerated() where ends[index] < folded[index] {
      throw Stop(
        .unusableData,
        "\(input.topic) partition \(input.partition) ends at offset \(ends[index]), but \(folded[index]) has been folded: it is "
          + "another log of the same name, or it lost acknowledged records")
    }
    let wanted = positions.indices.map { index -> Int64? in
      guard let last = positions[index].last, beginnings[index] <= last.offset else { return nil }
      return last.offset
    }
    guard wanted.contains(where: { $0 != nil }) else { return beginnings }
    var buffer = RecordBuffer(expecting: zip(wanted, positions).map { $0 ?? $1.next })
    try log.assign(inputs, from: wanted)
    for index in positions.indices {
      guard let offset = wanted[index] else { continue }
      while buffer.nextOffsets[index] <= offset, !log.hasReached(offset + 1, input: index) {
        try log.poll(into: &buffer, limit: 1_024, until: now() + 1_000)
      }
      let last = positions[index].last
      let found = buffer.records[index].first.map {
        RecordIdentity(offset: $0.offset, timestamp: $0.timestamp, hash: $0.hash)
      }
      // Compaction may have taken the catalog's record, but puts no other in its place.
      let wasCompacted = positions[index].input.role == .catalog && found?.offset != offset
      guard found == last || wasCompacted else {
        throw Stop(
          .unusableData,
          "\(positions[index].input.topic) partition \(positions[index].input.partition) holds another record at offset "
            + "\(offset) than the one that was folded: it is another log of the same name")
      }
    }
    return beginnings
  }

  /// How often an end below what was folded is asked for again, and how long to wait between two answers, in milliseconds. Answers
  /// are counted and not the time: while no broker answers, none of them can be another log's.
  private static var endPatienceAnswers: Int { 150 }
  private static var endWaitMilliseconds: Int64 { 200 }

  /// The inputs' ends. A deposed leader goes on answering with its old one: only an end that stays behind what was folded
  /// is another log's.
  private static func ends<Log: InputLog>(
    of inputs: [InputPartition], through folded: [Int64], in log: inout Log, now: () -> Int64
  ) throws(InputError) -> [Int64] {
    for _ in 1..<endPatienceAnswers {
      let ends = try log.ends(of: inputs)
      guard zip(ends, folded).contains(where: { $0 < $1 }) else { return ends }
      // Nothing is assigned, so this only waits.
      var nothing = RecordBuffer(expecting: folded)
      try log.assign(inputs, from: inputs.map { _ in nil })
      try log.poll(into: &nothing, limit: 1, until: now() + endWaitMilliseconds)
    }
    return try log.ends(of: inputs)
  }
}
