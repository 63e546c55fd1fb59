import Pipeline

/// The input topics as one process reads them.
struct SimulatedLog: InputLog {
  /// How long a question is repeated while no broker answers, in milliseconds.
  static let patienceMilliseconds: Int64 = 30_000

  let process: SimulatedProcess
  private var partitions: [SimulatedCluster.Partition] = []
  private var positions: [Int64?] = []

  init(process: SimulatedProcess) { self.process = process }

  private var cluster: SimulatedCluster { process.cluster }

  private func call() throws(InputError) {
    if process.diesNow() { throw .unavailable("dead") }
    if cluster.faultPercent > 0, cluster.random.below(2000) < cluster.faultPercent {
      process.suffers(.inputUnavailable)
      throw .unavailable("the client has failed")
    }
  }

  private func ask() throws(InputError) {
    try call()
    guard cluster.waitsOutOutage(Self.patienceMilliseconds) else {
      process.excuses.insert(cluster.outageIsLong ? .longOutage : .shortOutage)
      throw .unavailable("no broker answers")
    }
  }

  private func partition(_ input: InputPartition) -> SimulatedCluster.Partition {
    cluster.partition(SimulatedCluster.name(input.topic, input.partition))
  }

  mutating func beginnings(of inputs: [InputPartition]) throws(InputError) -> [Int64] {
    try ask()
    return inputs.map { partition($0).beginning }
  }

  mutating func ends(of inputs: [InputPartition]) throws(InputError) -> [Int64] {
    try ask()
    var ends = inputs.map { partition($0).lastStableOffset }
    if process.faultNow() {
      // A deposed leader answers with the end it knew.
      cluster.happened(.deposedLeaderOfInput)
      let input = cluster.random.below(ends.count)
      ends[input] = max(partition(inputs[input]).beginning, ends[input] - Int64(cluster.random.below(40)))
    }
    return ends
  }

  mutating func assign(_ inputs: [InputPartition], from offsets: [Int64?]) throws(InputError) {
    try call()
    partitions = inputs.map(partition)
    positions = offsets
  }

  mutating func poll(into buffer: inout RecordBuffer, limit: Int, until deadline: Int64) throws(InputError) {
    try call()
    let before = buffer.count
    if !cluster.isOut { try fetch(into: &buffer, limit: limit) }
    // Nothing is there: the poll waits.
    if buffer.count == before, deadline > cluster.time, cluster.random.chance(50) { cluster.time = deadline }
  }

  private mutating func fetch(into buffer: inout RecordBuffer, limit: Int) throws(InputError) {
    var left = cluster.random.below(limit + 1)
    for (input, partition) in partitions.enumerated() {
      guard var position = positions[input] else { continue }
      guard position >= partition.beginning else { throw .outOfRange(input: input, offset: position) }
      let end = partition.lastStableOffset
      if position > partition.beginning, process.faultNow() { redeliver(position - 1, input, partition, into: &buffer) }
      var here = cluster.random.below(left + 2)
      while here > 0, left > 0, position < end {
        if append(position, input, partition, to: &buffer) {
          here -= 1
          left -= 1
        }
        position += 1
      }
      // Control records behind the last one are passed over by themselves.
      while position < end, cluster.visible(partition.entries[Int(position)]) == nil { position += 1 }
      positions[input] = position
    }
  }

  private func append(
    _ position: Int64, _ input: Int, _ partition: SimulatedCluster.Partition, to buffer: inout RecordBuffer
  ) -> Bool {
    guard let record = cluster.visible(partition.entries[Int(position)]) else { return false }
    buffer.append(
      input: input, offset: position, timestamp: record.timestamp, key: record.key, value: record.value,
      headers: record.headers)
    return true
  }

  /// librdkafka 2.0.2 can deliver again.
  private func redeliver(
    _ position: Int64, _ input: Int, _ partition: SimulatedCluster.Partition, into buffer: inout RecordBuffer
  ) {
    // Only what this assignment has delivered: at its very beginning nothing has been.
    guard position < buffer.nextOffsets[input], append(position, input, partition, to: &buffer) else { return }
    cluster.happened(.redelivered)
  }

  func hasReached(_ end: Int64, input: Int) -> Bool { (positions[input] ?? .min) >= end }
}
