/// Why an input log cannot be read on.
public enum InputError: Error, Sendable {
  /// Try again later: the broker is away.
  case unavailable(String)
  /// The offset wanted is no longer in the log (or not yet): data is missing.
  case outOfRange(input: Int, offset: Int64)
  /// The topic is gone, the partition count has changed, access is denied: a person has to look.
  case unusable(String)
}

/// The logs that a shard folds: the outside world's reading side.
///
/// Implementations deliver every data record of a partition in offset order, committed ones only, from where they were
/// assigned. They are called from one thread.
public protocol InputLog {
  /// The first offset still there, per input.
  mutating func beginnings(of inputs: [InputPartition]) throws(InputError) -> [Int64]
  /// The end that a reader of committed records can reach now (last stable offset), per input.
  mutating func ends(of inputs: [InputPartition]) throws(InputError) -> [Int64]
  /// From now on, deliver exactly these inputs, each from its offset. Index in `positions` is the input's index in the
  /// buffer; an offset of nil leaves that input out.
  mutating func assign(_ inputs: [InputPartition], from offsets: [Int64?]) throws(InputError)
  /// Waits until `deadline` (wall clock, milliseconds) for a first record, then takes what is there, `limit` records at
  /// the most.
  mutating func poll(into buffer: inout RecordBuffer, limit: Int, until deadline: Int64) throws(InputError)
  /// Whether everything below `end` has been delivered. Control records take offsets, so the last record does not tell.
  func hasReached(_ end: Int64, input: Int) -> Bool
}
