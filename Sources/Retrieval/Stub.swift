public import Checkpoints
public struct Hit: Sendable { public let row: UInt32; public let score: Float }
public struct SearchScratch { public init() {} }
public struct ItemIndex: Sendable {
  public init(vectors: [Float], biases: [Float], identifiers: IdentifierArena, active: [Bool], expiresAt: [Int64]) {}
  public func search(query: [Float], count: Int, excluding: [UInt32], now: Int64, scratch: inout SearchScratch) -> [Hit] { [] }
}
