/// A topic to be created.
public struct NewTopic: Equatable, Sendable {
  /// The topic's name.
  public var name: String
  /// How many partitions it gets.
  public var partitions: Int32
  /// How many replicas each partition gets; -1 leaves it to the broker's default.
  public var replicationFactor: Int32
  /// The topic's settings by Kafka's names, for example `cleanup.policy`.
  public var settings: [String: String]

  /// Describes a topic.
  public init(_ name: String, partitions: Int32, replicationFactor: Int32 = -1, settings: [String: String] = [:]) {
    self.name = name
    self.partitions = partitions
    self.replicationFactor = replicationFactor
    self.settings = settings
  }
}

/// What became of one topic that was to be created.
public enum TopicCreation: Equatable, Sendable {
  /// It is new.
  case created
  /// It was there before, with settings of its own.
  case existed
  /// It is not there.
  case failed(KafkaError)
}
