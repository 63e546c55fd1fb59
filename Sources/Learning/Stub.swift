public import Settings
public import Checkpoints
public struct LearningConfiguration: Equatable, Sendable { public var softmaxRate: Float = 0.1; public var seed = 1; public init() {}
 public static let settings: [Setting<LearningConfiguration>] = [] }
public struct Coordinate: Equatable, Sendable { public let partition: Int32; public let offset: Int64
 public init(partition: Int32, offset: Int64) { self.partition = partition; self.offset = offset } }
public enum HistoryEffect: Sendable { case none, append, remove }
public struct Effect: Equatable, Sendable { public var seen: Bool, history: HistoryEffect, weight: Float, negativeWeight: Float, rating: Float?, undo: Bool
 public init(seen: Bool, history: HistoryEffect, weight: Float, negativeWeight: Float, rating: Float?, undo: Bool) { (self.seen,self.history,self.weight,self.negativeWeight,self.rating,self.undo)=(seen,history,weight,negativeWeight,rating,undo) } }
public enum Admission { case admitted(row: Int), refused }
public enum Learned { case learned(userRow: Int), refusedUser, refusedItem }
public struct LastEvent: Sendable { public let coordinate: Coordinate; public let occurredAt: Int64 }
public struct FrozenUser: Sendable { public let row: Int; public let identifier: [UInt8]; public let query: [Float]; public let seen: [UInt32]; public let last: LastEvent }
public struct FrozenItems: Sendable { public let vectors: [Float]; public let biases: [Float]; public let identifiers: IdentifierArena; public let expiresAt: [Int64]; public let active: [Bool] }
public struct Learner: ~Copyable {
 public static let version: UInt32 = 1
 public static let dimension = 32
 public init(configuration: LearningConfiguration) {}
 public init(configuration: LearningConfiguration, sections: [Section]) throws(CheckpointError) {}
 public mutating func reconfigure(_ c: LearningConfiguration) {}
 public mutating func upsert(item: Span<UInt8>, tags: [[UInt8]], expiresAt: Int64, active: Bool) -> Admission { .refused }
 public mutating func remove(item: Span<UInt8>) {}
 public mutating func learn(user: Span<UInt8>, item: Span<UInt8>, effect: Effect, occurredAt: Int64, at: Coordinate) -> Learned { .refusedItem }
 public mutating func isLongDwell(_ value: Float) -> Bool { true }
 public mutating func forget(user: Span<UInt8>) -> Int? { nil }
 public mutating func seal() {}
 public var digest: UInt128 { 0 }
 public func recomputedDigest() -> UInt128 { 0 }
 public func userRow(_ id: Span<UInt8>) -> Int? { nil }
 public func userIdentifier(_ row: Int) -> [UInt8] { [] }
 public func freezeItems() -> FrozenItems { fatalError() }
 public func freezeUsers(_ rows: [Int]) -> [FrozenUser] { [] }
 public func sections() -> [Section] { [] }
}
