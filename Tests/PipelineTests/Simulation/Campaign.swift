import Foundation
@testable import Pipeline

/// Many histories, each from a seed of its own, on all processors.
///
/// `SIMULATION_SEED` sets the first seed and `SIMULATION_HISTORIES` their number; by default the seed is another in every
/// run. A failing history is printed with the command that replays it.
struct Campaign: Sendable {
  /// How many histories one run goes through: the number is part of the claim.
  static let defaultHistoryCount = 20_000
  static let replayFilter = "SimulationTests"

  struct Failure: Sendable {
    let seed: UInt64
    let guarantee: Guarantee
    let what: String
  }

  let firstSeed: UInt64
  let historyCount: Int
  private(set) var failures: [Failure] = []
  private(set) var faults = FaultCounts()
  private(set) var completed = 0
  private(set) var starts = 0
  private(set) var records = 0
  private(set) var epochs = 0
  private(set) var lists = 0
  private(set) var tombstones = 0
  private(set) var eras = 0
  private(set) var seconds = 0.0

  /// One for the whole test run: each guarantee has its own test.
  static let shared = Task { await Campaign.fromEnvironment() }

  static func fromEnvironment() async -> Campaign {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["SIMULATION_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 48)
    let count = environment["SIMULATION_HISTORIES"].flatMap { Int($0) } ?? defaultHistoryCount
    say("\(count) histories from seed \(seed)")
    let campaign = await Campaign(firstSeed: seed, historyCount: count).run()
    campaign.say()
    return campaign
  }

  init(firstSeed: UInt64, historyCount: Int) {
    self.firstSeed = firstSeed
    self.historyCount = historyCount
  }

  private func run() async -> Campaign {
    let clock = ContinuousClock()
    let begun = clock.now
    let workers = min(ProcessInfo.processInfo.activeProcessorCount, max(1, historyCount))
    var whole = self
    await withTaskGroup(of: Campaign.self) { group in
      for worker in 0..<workers {
        group.addTask {
          var part = self
          for index in stride(from: worker, to: part.historyCount, by: workers) {
            part.goThrough(part.firstSeed &+ UInt64(index))
            // Other tests want to run as well.
            await Task.yield()
          }
          return part
        }
      }
      for await part in group { whole.add(part) }
    }
    whole.seconds = (clock.now - begun) / .seconds(1)
    return whole
  }

  private mutating func goThrough(_ seed: UInt64) {
    let history = History(seed: seed)
    do {
      try history.run()
      let guarantees = try Guarantees(
        history.cluster, inputs: history.app.inputs, window: history.options.window, isComplete: !history.isOver)
      try guarantees.check()
      epochs += guarantees.epochCount
      lists += guarantees.listCount
      tombstones += guarantees.tombstoneCount
      eras += guarantees.eraCount
    } catch {
      let violation = error as? Violation ?? Violation(.stops, "\(error)")
      failures.append(Failure(seed: seed, guarantee: violation.guarantee, what: violation.what))
      Self.say(
        """
        \(violation)
          again: SIMULATION_SEED=\(seed) SIMULATION_HISTORIES=1 swift test --filter \(Self.replayFilter)
        """)
    }
    faults.add(history.cluster.faults)
    starts += history.starts
    records += history.shape.records
    completed += history.isOver ? 0 : 1
  }

  private mutating func add(_ part: Campaign) {
    failures += part.failures
    faults.add(part.faults)
    completed += part.completed
    starts += part.starts
    records += part.records
    epochs += part.epochs
    lists += part.lists
    tombstones += part.tombstones
    eras += part.eras
  }

  // MARK: Telling

  static func say(_ text: String) { FileHandle.standardError.write(Data("simulation: \(text)\n".utf8)) }

  private func say() {
    let rows: [(String, Int)] = [
      ("histories", historyCount), ("of these to their end", completed), ("starts", starts), ("records", records),
      ("epochs", epochs), ("lists", lists), ("tombstones", tombstones), ("eras", eras), ("failures", failures.count),
    ]
    var text = "\(historyCount) histories from seed \(firstSeed) in \(Int(seconds.rounded())) s\n"
    for (name, count) in rows + Fault.allCases.map({ (Self.words($0.rawValue), faults[$0]) }) {
      text += "  | \(name.padding(toLength: 34, withPad: " ", startingAt: 0)) | "
      text += String(repeating: " ", count: max(0, 9 - "\(count)".count)) + "\(count) |\n"
    }
    Self.say(text)
  }

  /// `answerLost` as "answer lost".
  private static func words(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
  }
}
