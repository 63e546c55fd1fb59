internal import Glibc
internal import Synchronization

/// Keeps a consumer that is behind from starving, and knows how far behind it is.
///
/// librdkafka before 2.2.0 stops fetching once its queue is full enough, and then sleeps up to a second although the
/// queue has been emptied meanwhile: a consumer with 1 us of work per record reads 0.16 M/s. Any request to a broker
/// wakes its thread. So, while behind, a thread of this object's own asks every leader for its partitions' ends; the
/// answers are the lag.
///
///     let waker = FetchWaker(for: consumer, partitions: partitions)
///     waker.setBehind(true)        // at the start, and whenever a poll fills its limit
///     waker.setBehind(false)       // when the end is reached: no more requests
///
/// The thread ends with ``stop()`` or with the last reference.
public final class FetchWaker: Sendable {
  private let work: Work
  private let thread: Mutex<pthread_t?>

  /// Starts the thread, which asks nothing until told that the consumer is behind.
  /// - Parameters:
  ///   - partitions: those whose leaders are asked.
  ///   - intervalMilliseconds: how often.
  public init(for consumer: Consumer, partitions: [TopicPartition], intervalMilliseconds: Int32 = 10) {
    precondition(intervalMilliseconds > 0, "intervalMilliseconds must be positive, is \(intervalMilliseconds)")
    work = Work(client: consumer.client, partitions: partitions, intervalMilliseconds: intervalMilliseconds)
    thread = Mutex(nil)
    var started = pthread_t()
    // SAFETY: the thread gets a reference of its own and gives it up when it ends.
    let code = unsafe pthread_create(&started, nil, FetchWaker.run, Unmanaged.passRetained(work).toOpaque())
    precondition(code == 0, "a thread could not be started: \(code)")
    thread.withLock { [started] in $0 = started }
  }

  deinit {
    stop()
  }

  /// Whether requests are made. From any thread.
  public func setBehind(_ isBehind: Bool) {
    work.isBehind.store(isBehind, ordering: .relaxed)
  }

  /// Per partition the end as last answered; empty before the first answer. From any thread.
  public var ends: [TopicPartition: Int64] {
    work.ends.withLock { $0 }
  }

  /// How many requests were answered.
  public var answers: Int {
    work.answers.load(ordering: .relaxed)
  }

  /// Ends the thread and waits for it, at most for one request's timeout.
  public func stop() {
    work.isStopped.store(true, ordering: .relaxed)
    let joined = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    guard let joined else { return }
    // Taken out of the lock, so it is joined once; nothing is asked of its result.
    pthread_join(joined, nil)
  }

  /// What the thread needs: not the waker itself, whose last reference must be able to end the thread.
  private final class Work: Sendable {
    let client: Client
    let partitions: [TopicPartition]
    let intervalMilliseconds: Int32
    let isBehind = Atomic(false)
    let isStopped = Atomic(false)
    let answers = Atomic(0)
    let ends = Mutex<[TopicPartition: Int64]>([:])

    init(client: Client, partitions: [TopicPartition], intervalMilliseconds: Int32) {
      self.client = client
      self.partitions = partitions
      self.intervalMilliseconds = intervalMilliseconds
    }

    func run() {
      while !isStopped.load(ordering: .relaxed) {
        if isBehind.load(ordering: .relaxed) { ask() }
        // A pause rather than a schedule: a slow answer must not be followed by a burst of questions.
        usleep(UInt32(intervalMilliseconds) * 1_000)
      }
    }

    private func ask() {
      // An unanswered question is asked again; errors reach the consumer by its own ways.
      guard let answer = try? client.offsets(of: partitions, at: -1, timeoutMilliseconds: 1_000) else { return }
      ends.withLock { $0 = answer }
      answers.add(1, ordering: .relaxed)
    }
  }

  private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { work in
    // SAFETY: the only argument ever passed is the retained work of `init`.
    unsafe Unmanaged<Work>.fromOpaque(work!).takeRetainedValue().run()
    return nil
  }
}
