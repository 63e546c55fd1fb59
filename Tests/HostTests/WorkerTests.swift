import Glibc
import Host
import Telemetry
import Testing

@Suite struct WorkerTests {
  private func soon(_ milliseconds: Int64) -> Int64 {
    SystemClock.monotonicNanoseconds() + milliseconds * 1_000_000
  }

  @Test func `jobs are done in order on one thread with its name`() throws {
    let worker = try Worker<Int, String>(name: "index-builder", capacity: 100) { job in
      let name = (try? BoundedFile.read("/proc/thread-self/comm", limitBytes: 64)) ?? []
      return "\(job) \(String(decoding: name, as: UTF8.self))"
    }
    for job in 0..<100 { #expect(worker.submit(job)) }
    for job in 0..<100 { #expect(worker.wait(until: soon(60_000)) == "\(job) index-builder\n") }
    #expect(worker.poll() == nil)
    worker.stop()
  }

  @Test func `a full worker refuses, and results count as full until they are taken`() throws {
    let gate = Gate()
    let worker = try Worker<Int, Int>(name: "test", capacity: 2) { job in
      gate.wait()
      return job
    }
    #expect(worker.submit(1))
    #expect(worker.submit(2))
    #expect(!worker.submit(3))
    #expect(worker.poll() == nil)
    gate.open()
    #expect(worker.wait(until: soon(60_000)) == 1)
    #expect(worker.submit(4))
    #expect(!worker.submit(5))
    #expect(worker.wait(until: soon(60_000)) == 2)
    #expect(worker.wait(until: soon(60_000)) == 4)
    worker.stop()
  }

  @Test func `waiting ends at the deadline, and at once when there is nothing to wait for`() throws {
    let gate = Gate()
    let worker = try Worker<Int, Int>(name: "test", capacity: 1) { job in
      gate.wait()
      return job
    }
    let begin = SystemClock.monotonicNanoseconds()
    #expect(worker.wait(until: soon(60_000)) == nil)
    #expect(worker.submit(1))
    #expect(worker.wait(until: soon(30)) == nil)
    #expect(SystemClock.monotonicNanoseconds() - begin >= 30_000_000)
    gate.open()
    #expect(worker.wait() == 1)
    worker.stop()
    #expect(SystemClock.monotonicNanoseconds() - begin < 30_000_000_000)
  }

  @Test func `stopping finishes the job in hand, drops the others, and keeps results`() throws {
    let begun = Gate()
    let gate = Gate()
    let done = Transcript()
    let worker = try Worker<Int, Int>(name: "test", capacity: 3) { job in
      begun.open()
      gate.wait()
      done.write("\(job) ")
      return job
    }
    for job in 1...3 { #expect(worker.submit(job)) }
    begun.wait()
    let opener = try NamedThread(name: "opener") {
      usleep(20_000)
      gate.open()
    }
    worker.stop()
    opener.join()
    #expect(done.text == "1 ")
    #expect(worker.poll() == 1)
    #expect(worker.poll() == nil)
    #expect(!worker.submit(4))
  }

  @Test func `the owner is woken for each result`() throws {
    let woken = Gate()
    let worker = try Worker<Int, Int>(name: "test", capacity: 1, onResult: { woken.open() }) { $0 }
    #expect(worker.submit(7))
    woken.wait()
    #expect(worker.poll() == 7)
    worker.stop()
  }

  @Test func `a job may need a deep stack`() throws {
    let worker = try Worker<Int, Int>(name: "test", capacity: 1, stackBytes: 64 << 20) { depth in
      deep(depth)
    }
    #expect(worker.submit(1_000))
    #expect(worker.wait(until: soon(60_000)) == 1_000)
    worker.stop()
  }
}

/// Takes 32 KiB of stack a level: the thread sanitizer's own stack has room for 65,536 levels, and no guard behind them.
@inline(never) private func deep(_ depth: Int) -> Int {
  guard depth > 0 else { return 0 }
  // SAFETY: both places lie in the allocation, which nobody reads.
  return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32 << 10) { page in
    unsafe page[0] = 1
    unsafe page[(32 << 10) - 1] = 1
    return 1 + deep(depth - 1)
  }
}

/// Closed until it is opened.
final class Gate: Sendable {
  private let isOpen = Monitor(false)

  func open() { isOpen.update { $0 = true } }
  func wait() { _ = isOpen.wait { $0 ? true : nil } }
}

@Suite struct SignalsTests {
  // In a process of its own: the signals' mask and SIGPIPE belong to the whole process.
  @Test func `SIGTERM to the process sets the flag and wakes`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      // Exit tests begin with threads of their own, which would take the signal: it is sent to ours.
      let woken = Gate()
      let signals = try Signals { woken.open() }
      guard !signals.isStopRequested else { exit(1) }
      signals.deliver(SIGTERM)
      woken.wait()
      guard signals.isStopRequested, signals.received == SIGTERM else { exit(2) }
      signals.stop()
      var ends: [Int32] = [0, 0]
      // SAFETY: the array has the two elements that are written.
      unsafe pipe(&ends)
      close(ends[0])
      // SAFETY: one byte of a constant string.
      let written = unsafe write(ends[1], "x", 1)
      guard written == -1, errno == EPIPE else { exit(3) }
      exit(0)
    }
  }

  @Test func `without a signal it can be stopped`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      let signals = try Signals {}
      signals.stop()
      exit(signals.isStopRequested ? 1 : 0)
    }
  }
}
