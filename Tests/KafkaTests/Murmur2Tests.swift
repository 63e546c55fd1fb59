import Kafka
import Testing

@Suite struct Murmur2Tests {
  /// Where Apache Kafka's Java client (4.3.1) puts these keys, of 4 and of 12 partitions.
  static let golden: [(key: String, of4: Int, of12: Int)] = [
    ("user-1", 0, 8), ("u_184467", 3, 3), ("p_99120", 3, 11), ("a", 0, 4), ("", 1, 9), ("ü", 2, 2),
    ("пользователь", 0, 8), ("用户42", 0, 4), ("😀", 1, 9), ("u_" + String(repeating: "x", count: 254), 1, 9),
  ]

  @Test(arguments: golden) func `a key goes where Java's default partitioner puts it`(
    key: String, of4: Int, of12: Int
  ) {
    let bytes = [UInt8](key)
    #expect(Murmur2.partition(of: bytes.span, count: 4) == of4)
    #expect(Murmur2.partition(of: bytes.span, count: 12) == of12)
  }

  @Test func `a key goes where librdkafka's producer puts it`() throws {
    let embedded = try Embedded(partitions: 12)
    let producer = try Producer(embedded.properties)
    var random = SystemRandomNumberGenerator()
    var keys = Self.golden.map { [UInt8]($0.key) }
    for length in 1...200 {
      keys.append((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    for (index, key) in keys.enumerated() {
      try producer.send(topic: embedded.topic, key: key, value: nil, token: UInt64(index + 1))
    }
    try producer.flush(timeoutMilliseconds: 10_000)
    let deliveries = producer.takeDeliveries()
    #expect(deliveries.count == keys.count)
    for delivery in deliveries {
      let key = keys[Int(delivery.token) - 1]
      #expect(Int(delivery.partition) == Murmur2.partition(of: key.span, count: 12), "key \(key)")
    }
  }
}
