internal import CRdKafka

// SAFETY: @unchecked Sendable. Both pointers are constant, and librdkafka passes every call on to the cluster's own
// thread.
/// librdkafka's mock cluster: brokers in this process that speak Kafka's protocol on 127.0.0.1, to other processes too.
///
/// For demos and tests. It keeps about 5 MiB per partition and silently drops what is older, it accepts transactions
/// without implementing them (aborted records are visible, fenced producers commit), and it forgets everything at the
/// end of its life. Its brokers sleep through every fetch that finds nothing, so give its consumers
/// `fetch.wait.max.ms=10`.
@safe
public final class EmbeddedCluster: @unchecked Sendable {
  private let handle: OpaquePointer
  private let cluster: OpaquePointer
  /// `HOST:PORT,HOST:PORT…`, as `bootstrap.servers` wants it. The ports cannot be chosen.
  public let bootstrapServers: String

  /// Starts a cluster.
  /// - Throws: ``PropertyError`` when librdkafka cannot start one, for example for lack of file descriptors.
  public init(brokers: Int32 = 1) throws(PropertyError) {
    precondition(brokers > 0, "brokers must be positive, is \(brokers)")
    // The client exists only to own the cluster; without brokers of its own it would complain.
    let configuration = try Configuration([.init(name: "log_level", value: "0")])
    // SAFETY: a client that is made owns the configuration; one that is not leaves it to us.
    let (handle, text) = unsafe withErrorText { text, capacity in
      unsafe rd_kafka_new(RD_KAFKA_PRODUCER, configuration.pointer, text, capacity)
    }
    guard let handle = unsafe handle else {
      configuration.discard()
      throw .rejected(text)
    }
    // SAFETY: the handle is alive and outlives the cluster.
    guard let cluster = unsafe rd_kafka_mock_cluster_new(handle, brokers) else {
      unsafe rd_kafka_destroy(handle)
      throw .rejected("the embedded cluster did not start")
    }
    unsafe self.handle = handle
    unsafe self.cluster = cluster
    unsafe bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
  }

  deinit {
    // SAFETY: the last reference is going away; the cluster goes before the client that owns it.
    unsafe rd_kafka_mock_cluster_destroy(cluster)
    unsafe rd_kafka_destroy(handle)
  }

  /// Creates a topic. One that is there already stays as it is.
  public func createTopic(_ name: String, partitions: Int32) throws(KafkaError) {
    // SAFETY: both pointers are alive as long as self; librdkafka copies the name.
    let code = unsafe KafkaError.Code(rd_kafka_mock_topic_create(cluster, name, partitions, 1))
    if code != .none, code != .topicAlreadyExists { throw KafkaError(code, text: name) }
  }

  /// Cuts a broker's connections and refuses new ones until ``restore(broker:)``. Brokers are numbered from 1.
  public func cut(broker: Int32) throws(KafkaError) {
    // SAFETY: both pointers are alive as long as self.
    let code = unsafe KafkaError.Code(rd_kafka_mock_broker_set_down(cluster, broker))
    if code != .none { throw KafkaError(code) }
  }

  /// Lets a broker accept connections again.
  public func restore(broker: Int32) throws(KafkaError) {
    // SAFETY: both pointers are alive as long as self.
    let code = unsafe KafkaError.Code(rd_kafka_mock_broker_set_up(cluster, broker))
    if code != .none { throw KafkaError(code) }
  }
}
