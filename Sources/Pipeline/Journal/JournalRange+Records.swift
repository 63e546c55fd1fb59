extension JournalEntry.Range {
  /// The account of `records`, which lie in [from, to).
  init(input: InputPartition, from: Int64, to: Int64, records: [BufferedRecord]) {
    // A polynomial in an odd constant (2^128 / golden ratio, rounded to odd): the order of records counts.
    let multiplier: UInt128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835
    let hash = records.reduce(UInt128(0)) { sum, record in
      sum &* multiplier &+ record.hash &+ UInt128(truncatingIfNeeded: record.offset)
    }
    self.init(input: input, from: from, to: to, count: records.count, hash: hash)
  }

  /// The accounts of an epoch's records, one for each input, from where it stood to where the epoch ends.
  static func accounts(of records: RecordBuffer, from positions: [InputPosition], to ends: [Int64]) -> [Self] {
    positions.indices.map { index in
      Self(
        input: positions[index].input, from: positions[index].next, to: ends[index], records: records.records[index])
    }
  }
}
