import Checkpoints
import Testing

private func checkpoint(_ epoch: UInt64, name: String = "items", version: UInt16 = 1) -> Checkpoint {
  Checkpoint(
    header: CheckpointHeader(
      learnerVersion: 1, era: 2, epoch: epoch, journalOffset: Int64(epoch) * 3, dimension: 32, digest: UInt128(epoch)),
    sections: [
      Section(name: name, version: version, payload: (0..<200).map { UInt8(truncatingIfNeeded: $0 &* Int(epoch)) })
    ])
}

@Suite struct `Checkpoint store` {
  let known: [String: UInt16] = ["items": 1]

  @Test func `saves by writing beside, syncing, renaming, syncing the directory`() throws {
    var disk = CruelDisk()
    #expect(try CheckpointStore.save(checkpoint(1), to: &disk) == "checkpoint.a")
    #expect(
      disk.log == [
        "read checkpoint.a", "read checkpoint.b", "write checkpoint.new", "sync checkpoint.new",
        "rename checkpoint.new", "syncDirectory",
      ])
    #expect(Array(disk.names.keys) == ["checkpoint.a"])
  }

  @Test func `of two of the same epoch the one from further on in the journal is the newer, whichever slot it is in`()
    throws
  {
    var disk = CruelDisk()
    var header = checkpoint(3).header
    header.journalOffset += 4
    let later = Checkpoint(header: header, sections: checkpoint(3).sections)
    try CheckpointStore.save(checkpoint(3), to: &disk)
    try CheckpointStore.save(later, to: &disk)
    #expect(try CheckpointStore.load(from: &disk).map { $0.checkpoint } == [later, checkpoint(3)])
    #expect(try CheckpointStore.save(checkpoint(4), to: &disk) == "checkpoint.a")
    #expect(try CheckpointStore.load(from: &disk).map { $0.checkpoint } == [checkpoint(4), later])
  }

  @Test func `replaces the missing slot, then always the older`() throws {
    var disk = CruelDisk()
    var targets: [String] = []
    for epoch in 1...5 as ClosedRange<UInt64> { targets.append(try CheckpointStore.save(checkpoint(epoch), to: &disk)) }
    #expect(targets == ["checkpoint.a", "checkpoint.b", "checkpoint.a", "checkpoint.b", "checkpoint.a"])
    let slots = try CheckpointStore.load(from: &disk, known: known)
    #expect(slots.map(\.name) == ["checkpoint.a", "checkpoint.b"])
    #expect(slots.map { $0.checkpoint } == [checkpoint(5), checkpoint(4)])
    try CheckpointStore.save(checkpoint(6), to: &disk)
    #expect(try CheckpointStore.load(from: &disk).map { $0.checkpoint?.header.epoch } == [6, 5])
    #expect(try CheckpointStore.outlines(from: &disk).map { try $0.result.get().epoch } == [6, 5])
  }

  @Test(arguments: ["checkpoint.a", "checkpoint.b"])
  func `replaces a damaged slot before a good one, and lists it last`(damaged: String) throws {
    let good = damaged == "checkpoint.a" ? "checkpoint.b" : "checkpoint.a"
    for bytes in [[], [1, 2, 3], Array(checkpoint(9).encoded().prefix(100))] as [[UInt8]] {
      var disk = CruelDisk()
      disk.place(damaged, bytes)
      disk.place(good, checkpoint(4).encoded())
      let slots = try CheckpointStore.load(from: &disk)
      #expect(slots.map(\.name) == [good, damaged])
      #expect(slots[1].checkpoint == nil)
      #expect(try CheckpointStore.save(checkpoint(5), to: &disk) == damaged)
      #expect(try CheckpointStore.load(from: &disk).map { $0.checkpoint } == [checkpoint(5), checkpoint(4)])
    }
  }

  @Test func `replaces the slot that the caller found damaged behind a good header`() throws {
    var disk = CruelDisk()
    var newer = checkpoint(9).encoded()
    newer[newer.count - 1] ^= 1
    disk.place("checkpoint.a", checkpoint(4).encoded())
    disk.place("checkpoint.b", newer)
    let slots = try CheckpointStore.load(from: &disk)
    #expect(slots.map(\.name) == ["checkpoint.a", "checkpoint.b"])
    #expect(slots[1].result == .failure(.checksum("items")))
    #expect(try CheckpointStore.save(checkpoint(5), to: &disk, replacing: "checkpoint.b") == "checkpoint.b")
    #expect(try CheckpointStore.load(from: &disk).map { $0.checkpoint } == [checkpoint(5), checkpoint(4)])
  }

  @Test func `leaves a newer program's slot untouched`() throws {
    for foreign in [checkpoint(3, version: 2), checkpoint(3, name: "novelty")] {
      var disk = CruelDisk()
      disk.place("checkpoint.a", foreign.encoded())
      for epoch in 10...13 as ClosedRange<UInt64> {
        #expect(try CheckpointStore.save(checkpoint(epoch), to: &disk, known: known) == "checkpoint.b")
      }
      let slots = try CheckpointStore.load(from: &disk, known: known)
      #expect(slots.map { $0.checkpoint } == [checkpoint(13), nil])
      guard case .failure(let error) = slots[1].result else { return #expect(Bool(false), "must be refused") }
      #expect(error.isForeign)
      #expect(try disk.read("checkpoint.a") == foreign.encoded())
      // Both foreign: nothing may be replaced.
      disk.place("checkpoint.b", foreign.encoded())
      #expect(throws: DiskError.self) { try CheckpointStore.save(checkpoint(14), to: &disk, known: known) }
      #expect(Array(disk.names.keys).sorted() == ["checkpoint.a", "checkpoint.b"])
    }
  }

  @Test func `a temp file left behind never matters`() throws {
    for leftover in [[], [7], checkpoint(99).encoded()] as [[UInt8]] {
      var disk = CruelDisk()
      disk.place("checkpoint.new", leftover)
      disk.place("somebody's notes", [1])
      #expect(try CheckpointStore.load(from: &disk).isEmpty)
      try CheckpointStore.save(checkpoint(1), to: &disk)
      disk.place("checkpoint.new", leftover)
      #expect(try CheckpointStore.load(from: &disk).map { $0.checkpoint } == [checkpoint(1)])
      try CheckpointStore.save(checkpoint(2), to: &disk)
      #expect(try CheckpointStore.load(from: &disk).map { $0.checkpoint } == [checkpoint(2), checkpoint(1)])
      #expect(try disk.read("somebody's notes") == [1])
    }
  }

  // A history of saves, crashes and restarts. After each crash the newest good slot must be the last one whose save
  // returned, or the one whose save was interrupted; and no slot may be damaged, because replacement is atomic.
  @Test(arguments: 1...300 as ClosedRange<UInt64>)
  func `a crash before any operation leaves the old checkpoint or the new one`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var disk = CruelDisk()
    var saved: UInt64?
    var epoch: UInt64 = 0
    for round in 0..<12 {
      var attempted: UInt64?
      disk.crashAt = disk.operations + Int.random(in: 0...14, using: &generator)
      do {
        while true {
          epoch += 1
          attempted = epoch
          try CheckpointStore.save(checkpoint(epoch), to: &disk)
          saved = epoch
        }
      } catch {
        // The machine stopped.
      }
      disk = disk.afterCrash(&generator)
      let slots = try CheckpointStore.load(from: &disk)
      let comment: Comment = "seed \(seed), round \(round): \(slots.map { $0.result }), saved \(saved ?? 0)"
      #expect(slots.allSatisfy { $0.checkpoint != nil }, comment)
      let newest = slots.first?.checkpoint
      #expect(newest?.header.epoch == saved || newest?.header.epoch == attempted, comment)
      if let newest {
        #expect(newest == checkpoint(newest.header.epoch), comment)
        saved = newest.header.epoch
      }
    }
  }

  @Test func `a crash at each of the six steps leaves a good slot, however the disk takes it`() throws {
    for step in 0...6 {
      for seed in 0..<200 as Range<UInt64> {
        var generator = SeededGenerator(seed: seed)
        var disk = CruelDisk()
        try CheckpointStore.save(checkpoint(1), to: &disk)
        try CheckpointStore.save(checkpoint(2), to: &disk)
        disk.crashAt = disk.operations + step
        let finished = (try? CheckpointStore.save(checkpoint(3), to: &disk)) != nil
        #expect(finished == (step == 6))
        disk = disk.afterCrash(&generator)
        let epochs = try CheckpointStore.load(from: &disk).map { $0.checkpoint?.header.epoch }
        let allowed: [[UInt64?]] = step == 6 ? [[3, 2]] : step == 5 ? [[3, 2], [2, 1]] : [[2, 1]]
        #expect(allowed.contains(epochs), "step \(step), seed \(seed)")
      }
    }
  }

  @Test func `the cruel disk does lose what was not synced`() throws {
    var outcomes: Set<[UInt8]?> = []
    for seed in 0..<200 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var disk = CruelDisk()
      try disk.write("x", [1, 2, 3, 4])
      disk = disk.afterCrash(&generator)
      outcomes.insert(try disk.read("x"))
    }
    #expect(outcomes.contains(nil) && outcomes.contains([]) && outcomes.contains([1, 2, 3, 4]) && outcomes.count > 6)
  }
}
