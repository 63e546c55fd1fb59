import FeedEvents
import Foundation
import Pipeline
import Testing

@testable import Evaluation

@Suite struct ClickModelTests {
  private func model(_ bias: Double) -> ClickModel {
    ClickModel(positionBias: bias, affinityThreshold: 0.6, affinitySlope: 8)
  }

  @Test(arguments: [0, 0.25, 0.5, 0.7, 1, 1.5, 2.3, 4])
  func `examination is a power of the rank`(bias: Double) {
    for position in 0..<50 {
      let expected = pow(Double(position + 1), -bias)
      let found = model(bias).examination(position: position)
      // Sixteen binary places of the exponent.
      #expect(abs(found / expected - 1) < 1e-4, "place \(position)")
      #expect(found <= 1 && found > 0)
    }
    #expect(model(bias).examination(position: 0) == 1)
  }

  @Test func `the familiar powers are exact`() {
    #expect(model(1).examination(position: 3) == 0.25)
    #expect(model(0.5).examination(position: 3) == 0.5)
    #expect(model(2).examination(position: 1) == 0.25)
    #expect(model(0).examination(position: 1_000) == 1)
  }

  @Test func `interest grows with affinity, and a click needs both`() {
    let model = model(1)
    #expect(model.interest(affinity: 0.6) == 0.5)
    let steps = (0...10).map { model.interest(affinity: Double($0) / 10) }
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 })
    #expect(steps.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(model.attention(position: 1, affinity: 0.6) == 0.25)
  }

  @Test func `clicks fall with the place when affinity tells nothing`() {
    var parameters = ClosedLoopParameters()
    parameters.app.affinitySlope = 0
    parameters.app.positionBias = 1
    parameters.app.users = 400
    parameters.events = 20_000
    var loop = ClosedLoop(parameters, configuration: .init())
    while !loop.isOver { loop.step() }
    // Interest is one half, and 35 of 100 who are interested click.
    for (position, place) in loop.diary.positions.prefix(6).enumerated() {
      let expected = 0.5 * parameters.app.reactions.click / Double(position + 1)
      let count = Double(place.shown)
      let deviation = (expected * (1 - expected) / count).squareRoot()
      let rate = Double(place.clicked) / count
      #expect(count > 100 && abs(rate - expected) < 4 * deviation, "place \(position): \(place), expected \(expected)")
    }
  }
}
