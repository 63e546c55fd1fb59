/// Who looks at a place in a list, and who likes what they look at.
///
/// The position-based model: a click needs a place that is examined and a post that is attractive, and the two are
/// independent, P(click | r, a) = P(examined | r) · P(interested | a), as in Craswell, Zoeter, Taylor & Ramsey, *An
/// experimental comparison of click position-bias models*, WSDM 2008 ("examination hypothesis"). Examination falls with rank
/// like r^-η, the propensities that Joachims, Swaminathan & Schnabel simulate with in *Unbiased learning-to-rank with biased
/// feedback*, WSDM 2017; that people look less far down was seen in their eyes by Joachims, Granka, Pan, Hembrooke & Gay,
/// *Accurately interpreting clickthrough data as implicit feedback*, SIGIR 2005. Exact arithmetic and square roots only: the same bits on every machine.
public struct ClickModel: Equatable, Sendable {
  /// η, 0...4. 0: every place is examined.
  public var positionBias: Double
  /// The affinity at which interest is as likely as not.
  public var affinityThreshold: Double
  /// How sharply interest depends on affinity. 0: not at all.
  public var affinitySlope: Double

  /// A model from its three numbers.
  public init(positionBias: Double, affinityThreshold: Double, affinitySlope: Double) {
    precondition((0...4).contains(positionBias), "positionBias must be in 0...4, is \(positionBias)")
    self.positionBias = positionBias
    self.affinityThreshold = affinityThreshold
    self.affinitySlope = affinitySlope
  }

  /// The probability that a place is looked at, (position + 1)^-η; 1 at the top.
  ///
  /// The power is a product of repeated square roots, one for each of the first 16 binary places of η.
  /// - Parameter position: from 0.
  public func examination(position: Int) -> Double {
    precondition(position >= 0, "position must not be negative, is \(position)")
    let base = 1 / Double(position + 1)
    var result = 1.0
    for _ in 0..<Int(positionBias) { result *= base }
    var (rest, root) = (positionBias - positionBias.rounded(.down), base)
    for _ in 0..<16 where rest > 0 {
      root = root.squareRoot()
      rest *= 2
      if rest >= 1 {
        rest -= 1
        result *= root
      }
    }
    return result
  }

  /// The probability of interest in what is looked at: an algebraic sigmoid of affinity, which needs no exponential.
  public func interest(affinity: Double) -> Double {
    let x = affinitySlope * (affinity - affinityThreshold)
    return 0.5 + 0.5 * x / (1 + x * x).squareRoot()
  }

  /// The probability of both.
  public func attention(position: Int, affinity: Double) -> Double {
    examination(position: position) * interest(affinity: affinity)
  }
}
