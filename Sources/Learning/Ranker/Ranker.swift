internal import Checkpoints

/// The second stage: what a network on the towers' vectors adds to the rating head and to the odds of engagement, and how much both
/// count in a list.
///
/// A list's score is retrieval + β·(f + value) + γ·engagement. Samples are collected by fold ordinal and learned in mini-batches; an
/// unfinished batch is part of the state. No gradient goes into the tables.
struct Ranker: Sendable {
  /// Samples a mini-batch.
  static let batch = 64
  /// One in so many positives teaches β and γ: forty candidates through the network cost ten times the rest of an event.
  static let blendInterval = 16

  private(set) var network: RankerNetwork
  /// `pendingCount` × 78 numbers.
  private(set) var pendingInputs: [Float] = []
  /// What the samples of the unfinished batch should come to.
  private(set) var pendingTargets: [RankerTarget] = []
  /// The row of the user of each sample, who is there: whoever goes takes their samples along. Nil where learner 3 left the batch, who
  /// did not note them, until ``upgrade()``.
  private(set) var pendingOwners: [UInt32]? = []
  /// β, the weight of a rating in a list's scores.
  var valueBlend = Parameter(weight: 0, accumulator: 1)
  /// γ, the weight of engagement in a list's scores.
  var engagementBlend = Parameter(weight: 0, accumulator: 1)
  /// Labels of engagement so far: engaged, and not (which an impression is at once).
  private(set) var engaged = 0
  private(set) var ignored = 0
  private var scratch = RankerScratch()

  init(recipe: borrowing Recipe) {
    network = RankerNetwork(seed: recipe.configuration.seed, accumulator: Self.accumulator)
  }

  /// Where accumulators start.
  static let accumulator: Float = 0.1
  /// The step size.
  static let rate: Float = 0.01

  /// ln of engaged over ignored, an impression that led to an engagement counted once.
  var priorLogOdds: Float {
    let odds = Float(engaged + 1) / Float(max(ignored - engaged, 0) + 1)
    return Logarithm.log(odds)
  }

  /// Whether engagement means anything: without a single event that is none, every item is engaging.
  var knowsEngagement: Bool { ignored > 0 }

  /// β and γ.
  var blend: SIMD2<Float> { SIMD2(valueBlend.weight, engagementBlend.weight) }

  /// Whether scores of lists differ from retrieval's.
  var isBlended: Bool { valueBlend.weight != 0 || engagementBlend.weight != 0 }

  /// Counts a label.
  mutating func count(engaged isEngaged: Bool) {
    if isEngaged { engaged += 1 } else { ignored += 1 }
  }

  /// Takes a sample in, and learns once there are 64.
  /// - Parameters:
  ///   - inputs: 78 numbers.
  ///   - user: the row of whom they speak of.
  /// - Returns: how many weights were left as they were because they would not have been finite.
  mutating func learn(_ inputs: [Float], target: RankerTarget, of user: Int) -> Int {
    precondition(pendingOwners != nil, "the batch was left by an older learner")
    pendingInputs += inputs
    pendingTargets.append(target)
    pendingOwners?.append(UInt32(user))
    guard pendingTargets.count == Self.batch else { return 0 }
    let targets = pendingTargets
    let reverted = network.learn(pendingInputs, count: Self.batch, rate: Self.rate, scratch: &scratch) {
      targets[$0].slopes($1)
    }
    pendingInputs.removeAll(keepingCapacity: true)
    pendingTargets.removeAll(keepingCapacity: true)
    pendingOwners?.removeAll(keepingCapacity: true)
    return reverted
  }

  /// Drops the samples of the user in `row`, who is forgotten. At most 63 are looked at.
  mutating func forget(_ row: Int) {
    guard let owners = pendingOwners else { preconditionFailure("the batch was left by an older learner") }
    guard owners.contains(UInt32(row)) else { return }
    let kept = owners.indices.filter { owners[$0] != UInt32(row) }
    pendingInputs = kept.flatMap { pendingInputs[$0 * RankerShape.inputs..<($0 + 1) * RankerShape.inputs] }
    pendingTargets = kept.map { pendingTargets[$0] }
    pendingOwners = kept.map { owners[$0] }
  }

  /// Drops the batch that learner 3 left: nobody knows whose samples they are, so that they would outlive whoever of them is forgotten.
  mutating func upgrade() {
    guard pendingOwners == nil else { return }
    (pendingInputs, pendingTargets, pendingOwners) = ([], [], [])
  }

  /// What the digest is over, but for who the owners of the samples are: that is their ids and no row's number.
  func append(to content: inout RowContent) {
    network.append(to: &content)
    content.append(valueBlend)
    content.append(engagementBlend)
    content.append(Int64(engaged))
    content.append(Int64(ignored))
    content.append(hashOf: pendingInputs)
    for target in pendingTargets {
      content.append(target.residual)
      content.append(target.prior)
      content.append(target.parts.rawValue)
    }
  }

  func write(to writer: inout ByteWriter) {
    network.write(to: &writer)
    for parameter in [valueBlend, engagementBlend] {
      writer.write(parameter.weight)
      writer.write(parameter.accumulator)
    }
    writer.write(Int64(engaged))
    writer.write(Int64(ignored))
    writer.write(pendingInputs)
    writer.write(pendingTargets.map(\.residual))
    writer.write(pendingTargets.map(\.prior))
    writer.write(pendingTargets.map(\.parts.rawValue))
    if let pendingOwners { writer.write(pendingOwners) }
  }

  /// - Parameter hasOwners: false for what learner 3 wrote.
  mutating func read(_ reader: inout ByteReader, hasOwners: Bool) throws(CheckpointError) {
    try network.read(&reader)
    valueBlend = Parameter(weight: try reader.read(), accumulator: try reader.read())
    engagementBlend = Parameter(weight: try reader.read(), accumulator: try reader.read())
    engaged = Int(try reader.read(Int64.self))
    ignored = Int(try reader.read(Int64.self))
    let inputs = try reader.read([Float].self)
    let (residuals, priors) = (try reader.read([Float].self), try reader.read([Float].self))
    let parts = try reader.read([UInt8].self)
    pendingOwners = hasOwners ? try reader.readColumn(parts.count) : nil
    guard valueBlend.isSound, engagementBlend.isSound, engaged >= 0, ignored >= 0, parts.count < Self.batch,
      residuals.count == parts.count, priors.count == parts.count, inputs.count == parts.count * RankerShape.inputs,
      (inputs + residuals + priors).allSatisfy(\.isFinite)
    else { throw .malformed("the ranker's unfinished batch does not hang together") }
    pendingInputs = inputs
    pendingTargets = zip(zip(residuals, priors), parts).map {
      RankerTarget(residual: $0.0, prior: $0.1, parts: RankerTarget.Parts(rawValue: $1))
    }
  }
}

/// What one sample should come to.
struct RankerTarget: Equatable, Sendable {
  /// z − f: what the rating head left unexplained, held to ±8.
  var residual: Float
  /// The log-odds that the network's engagement is added to.
  var prior: Float
  var parts: Parts

  struct Parts: OptionSet, Sendable {
    let rawValue: UInt8
    /// There is a rating.
    static let value = Parts(rawValue: 1)
    /// There is a label of engagement.
    static let engagement = Parts(rawValue: 2)
    /// The label is 1.
    static let engaged = Parts(rawValue: 4)
  }

  /// The loss's derivatives by the outputs: squared error, and the logistic loss weighted for late labels.
  ///
  /// An impression counts as ignored at once and as engaged later, if it comes to that. Weights (1 + p) for the engaged and
  /// (1 − p)(1 + p) for the ignored, p held constant, give the expected gradient of labels that were known in time (Ktena et al.,
  /// *Addressing delayed feedback for continuous training with neural networks in CTR prediction*, RecSys 2019, eq. 7).
  func slopes(_ output: RankerOutput) -> SIMD2<Float> {
    var slopes = SIMD2<Float>.zero
    if parts.contains(.value) { slopes[0] = RankerShape.held(output.value - residual) }
    if parts.contains(.engagement) {
      let p = Exponential.sigmoid(RankerShape.held(prior + output.engagement))
      slopes[1] = parts.contains(.engaged) ? (p - 1) * (1 + p) : p * (1 - p) * (1 + p)
    }
    return slopes
  }
}
