internal import CRdKafka

extension KafkaProperties {
  /// What to tell a person about a login that failed; nil when there is nothing to add to the error's own text.
  ///
  /// librdkafka before 2.6.1 sends its nonce twice in a SCRAM exchange, which Kafka 4.0 and newer refuse as invalid
  /// credentials.
  public func loginAdvice(on error: KafkaError) -> String? {
    advice(on: error, libraryVersion: rd_kafka_version())
  }

  /// - Parameter libraryVersion: `0xMMmmrrpp`, as librdkafka tells it.
  func advice(on error: KafkaError, libraryVersion: Int32) -> String? {
    guard error.code == .authentication, self["sasl.mechanism"]?.hasPrefix("SCRAM") == true,
      libraryVersion < 0x0206_01ff
    else { return nil }
    return "SCRAM of this librdkafka (before 2.6.1) does not work with Kafka 4.0 and newer; "
      + "PLAIN over TLS, client certificates and OAUTHBEARER do"
  }
}
