/// An error of a transaction call, as the decision it asks for.
///
/// | case | what the caller does |
/// |---|---|
/// | ``fenced(_:)`` | exit; a successor runs, or the transaction outlived its timeout. Never conclude which |
/// | ``fatal(_:)`` | exit; this client is finished, or the error is of no known class |
/// | ``abortable(_:)`` | abort, then send the same records in a new transaction |
/// | ``retriable(_:)`` | repeat the same call with the same arguments |
/// | ``unknownOutcome(_:)`` | destroy the producer, make a new one, read what was committed, then decide |
public enum BrokerError: Error, Equatable, Sendable {
  /// This producer has lost its transactional id. Every further call answers the same.
  case fenced(KafkaError)
  /// Nothing can be repeated.
  case fatal(KafkaError)
  /// The transaction is lost, the producer is not.
  case abortable(KafkaError)
  /// Nothing was decided yet.
  case retriable(KafkaError)
  /// A commit was asked for and not answered in time: it may or may not have happened.
  case unknownOutcome(KafkaError)

  /// Classifies in the only safe order: fatal first, then abortable, then retriable; whatever remains is fatal.
  ///
  /// A zombie's error may carry other flags as well, and a retriable flag on an error that asks for an abort would
  /// repeat a call that can never succeed.
  public init(_ error: KafkaError) {
    let fencing: [KafkaError.Code] = [.fenced, .producerFenced, .invalidProducerEpoch]
    if error.code == .fenced || (error.isFatal && fencing.contains(error.code)) {
      self = .fenced(error)
    } else if error.isFatal {
      self = .fatal(error)
    } else if error.requiresAbort {
      self = .abortable(error)
    } else if error.isRetriable {
      self = .retriable(error)
    } else {
      self = .fatal(error)
    }
  }

  /// What librdkafka said.
  public var error: KafkaError {
    switch self {
    case .fenced(let error), .fatal(let error), .abortable(let error), .retriable(let error),
      .unknownOutcome(let error):
      error
    }
  }
}

extension BrokerError: CustomStringConvertible {
  /// The class, then what librdkafka said.
  public var description: String {
    switch self {
    case .fenced(let error): "fenced, \(error)"
    case .fatal(let error): "fatal, \(error)"
    case .abortable(let error): "abortable, \(error)"
    case .retriable(let error): "retriable, \(error)"
    case .unknownOutcome(let error): "outcome unknown, \(error)"
    }
  }
}
