/// Where an event stands in its log.
public struct Coordinate: Equatable, Sendable {
  /// The partition of the input topic.
  public var partition: Int32
  /// The offset within the partition.
  public var offset: Int64

  /// Creates a coordinate.
  public init(partition: Int32, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}
