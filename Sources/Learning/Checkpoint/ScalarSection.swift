internal import Checkpoints

// What is not a row. The digest is over these bytes too.
extension Learner {
  func scalarBytes() -> [UInt8] {
    var writer = ByteWriter()
    for parameter in gates + bank.logits {
      writer.write(parameter.weight)
      writer.write(parameter.accumulator)
    }
    writer.write(bank.clock != nil)
    writer.write(bank.clock ?? 0)
    for speed in 0..<4 { writer.write(bank.totals[speed]) }
    writer.write(ratings.sum)
    writer.write(ratings.deviations)
    writer.write(ratings.prior)
    writer.write(ratings.least)
    writer.write(ratings.greatest)
    writer.write(dwell.sum)
    let counts = [
      bank.items, bank.arrivals, ratings.count, dwell.count, tally.events, tally.positives, tally.refusedItems,
      tally.refusedTags, tally.revertedSteps, tally.evicted.users, tally.evicted.items, tally.evicted.tags,
      Int(items.nextSerial),
    ]
    for count in counts { writer.write(Int64(count)) }
    for clock in [users.recency.clock, items.recency.clock, tags.abandoned.clock] { writer.write(clock) }
    return writer.bytes
  }

  /// - Returns: the serial of the next item.
  mutating func readScalars(_ reader: inout ByteReader) throws(CheckpointError) -> UInt32 {
    var parameters: [Parameter] = []
    for _ in 0..<6 {
      parameters.append(Parameter(weight: try reader.read(), accumulator: try reader.read()))
    }
    let hasClock = try reader.read(Bool.self)
    let clock = try reader.read(Int64.self)
    var numbers: [Double] = []
    for _ in 0..<7 { numbers.append(try reader.read()) }
    let (least, greatest) = (try reader.read(Float.self), try reader.read(Float.self))
    let dwellSum = try reader.read(Double.self)
    var counts: [Int] = []
    for _ in 0..<13 { counts.append(Int(try reader.read(Int64.self))) }
    var clocks: [Int64] = []
    for _ in 0..<3 { clocks.append(try reader.read()) }
    guard parameters.allSatisfy(\.isSound), numbers.allSatisfy(\.isFinite), dwellSum.isFinite, least.isFinite,
      greatest.isFinite, least <= greatest, counts.allSatisfy({ (0...Self.countLimit).contains($0) }),
      clocks.allSatisfy({ (0...Int64(Self.countLimit)).contains($0) }), counts[12] <= UserLog.noSerial,
      counts[0] <= counts[1], counts[1] <= counts[12]
    else { throw .malformed("a scalar of the model is out of bounds") }
    gates = Array(parameters[..<2])
    bank = PopularityBank(
      clock: hasClock ? clock : nil, totals: SIMD4(numbers[0], numbers[1], numbers[2], numbers[3]), items: counts[0],
      arrivals: counts[1], logits: Array(parameters[2...]))
    ratings = RatingScale(
      count: counts[2], sum: numbers[4], deviations: numbers[5], prior: numbers[6], least: least, greatest: greatest)
    dwell = RunningMean(count: counts[3], sum: dwellSum)
    tally = Tally(
      events: counts[4], positives: counts[5], refusedItems: counts[6], refusedTags: counts[7],
      revertedSteps: counts[8])
    (tally.evicted.users, tally.evicted.items, tally.evicted.tags) = (counts[9], counts[10], counts[11])
    users.recency.restore(clock: clocks[0])
    items.recency.restore(clock: clocks[1])
    tags.restore(clock: clocks[2])
    return UInt32(counts[12])
  }

  /// No count comes to this in a lifetime, and one more than it is still a number.
  private static var countLimit: Int { 1 << 62 }
}

extension Parameter {
  /// True for what a step can have written.
  var isSound: Bool { weight.isFinite && accumulator.isFinite && accumulator > 0 }
}

extension ByteWriter {
  /// Weights, then accumulators.
  mutating func write(_ parameters: [Parameter]) {
    write(parameters.map(\.weight))
    write(parameters.map(\.accumulator))
  }
}

extension ByteReader {
  /// `count` parameters.
  mutating func readParameters(_ count: Int) throws(CheckpointError) -> [Parameter] {
    let (weights, accumulators) = (try read([Float].self), try read([Float].self))
    guard weights.count == count, accumulators.count == count else {
      throw .malformed("a column of parameters does not fit its rows")
    }
    let parameters = zip(weights, accumulators).map { Parameter(weight: $0, accumulator: $1) }
    guard parameters.allSatisfy(\.isSound) else { throw .malformed("a parameter is out of bounds") }
    return parameters
  }

  /// A column of `count` numbers.
  mutating func readColumn<Value: FixedWidthValue>(
    _ count: Int, of type: Value.Type = Value.self
  ) throws(CheckpointError) -> [Value] {
    let values = try read([Value].self)
    guard values.count == count else { throw .malformed("a column does not fit its rows") }
    return values
  }
}
