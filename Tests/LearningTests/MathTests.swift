import Glibc
import Testing

@testable import Learning

struct MathTests {
  /// The distance of a 32-bit result from the exact value, in units of the result's last place.
  private func ulps(_ result: Float, _ exact: Double) -> Double {
    abs(Double(result) - exact) / Double(max(Float(exact).ulp, Float.leastNormalMagnitude.ulp))
  }

  @Test func `exp is within one unit of the last place`() {
    var worst = 0.0
    for step in -870_000...870_000 {
      let x = Float(step) * 1e-4
      worst = max(worst, ulps(Exponential.exp(x), exp(Double(x))))
    }
    print("exp: \(worst) ulp")
    #expect(worst < 1.0)
    #expect(Exponential.exp(Float(0)) == 1)
  }

  @Test func `exp holds arguments and never gives anything that is not finite`() {
    for x in [-Float.infinity, -1e30, -100, 100, 1e30, .infinity] {
      let power = Exponential.exp(x)
      #expect(power.isFinite && power > 0)
    }
  }

  @Test func `log is within two units of the last place`() {
    var random = TestRandom(seed: 1)
    var worst = 0.0
    for _ in 0..<1_000_000 {
      let x = Float(bitPattern: UInt32.random(in: 0x0080_0000...0x7F7F_FFFF, using: &random))
      worst = max(worst, ulps(Logarithm.log(x), log(Double(x))))
    }
    for step in 1...40_000 {
      let x = Float(step) * 5e-5
      worst = max(worst, ulps(Logarithm.log(x), log(Double(x))))
    }
    print("log: \(worst) ulp")
    #expect(worst < 2.0)
    #expect(Logarithm.log(Float(1)) == 0)
  }

  @Test func `exp2 and log1p in 64 bits are within two and four units of libm's`() {
    var random = TestRandom(seed: 2)
    var (worstPower, worstLogarithm) = (0.0, 0.0)
    for _ in 0..<200_000 {
      let x = Double.random(in: -1000...1000, using: &random)
      worstPower = max(worstPower, abs(Exponential.exp2(x) - exp2(x)) / exp2(x).ulp)
      let y = exp(Double.random(in: -30...30, using: &random))
      worstLogarithm = max(worstLogarithm, abs(Logarithm.log1p(y) - log1p(y)) / log1p(y).ulp)
    }
    print("exp2: \(worstPower) ulp, log1p: \(worstLogarithm) ulp")
    #expect(worstPower <= 2)
    #expect(worstLogarithm <= 4)
    #expect(Logarithm.log1p(0) == 0)
    for power in -1022...1022 { #expect(Exponential.exp2(Double(power)) == scalbn(1, Int32(power))) }
    #expect(Exponential.exp2(-5000) == 0)
  }

  @Test func `known bits stay what they are`() {
    // Pinned: another bit here is another model everywhere.
    #expect(Exponential.exp(Float(1)).bitPattern == 0x402D_F854)
    #expect(Logarithm.log(Float(10)).bitPattern == 0x4013_5D8E)
    #expect(Exponential.exp2(0.5).bitPattern == 0x3FF6_A09E_667F_3BCC)
    let random = CounterRandom(seed: 42, at: Coordinate(partition: 3, offset: 1_000_000))
    #expect((0..<4).map { random.below(1000, draw: $0) } == [645, 731, 821, 940])
  }

  @Test func `a dot product folds eight lanes in one order`() {
    var random = TestRandom(seed: 3)
    for _ in 0..<1000 {
      let x = (0..<32).map { _ in Float.random(in: -1...1, using: &random) }
      let y = (0..<32).map { _ in Float.random(in: -1...1, using: &random) }
      var lanes = (0..<8).map { x[$0] * y[$0] }
      for start in [8, 16, 24] {
        for lane in 0..<8 { lanes[lane] = fma(x[start + lane], y[start + lane], lanes[lane]) }
      }
      let four = (0..<4).map { lanes[$0] + lanes[$0 + 4] }
      let expected = (four[0] + four[2]) + (four[1] + four[3])
      #expect(Vector32(x).dot(Vector32(y)) == expected)
    }
  }

  @Test func `draws are uniform`() {
    var histogram = [Int](repeating: 0, count: 10)
    for offset in 0..<5000 {
      let random = CounterRandom(seed: 1, at: Coordinate(partition: 0, offset: Int64(offset)))
      for draw in 0..<20 { histogram[random.below(10, draw: draw)] += 1 }
    }
    // 100,000 draws: a bin's standard deviation is 95.
    for count in histogram { #expect(abs(count - 10_000) < 500, "\(histogram)") }
  }
}
