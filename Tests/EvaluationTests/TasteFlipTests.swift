import Learning
import Testing

@testable import Evaluation

@Suite struct TasteFlipTests {
  @Test func `an old model follows as a young one does`() throws {
    let flip = TasteFlip(configuration: LearningConfiguration(), includesLists: true, young: 1_000, old: 10_000)
    let (rating, lists) = (try #require(flip.rating?.ratio), try #require(flip.lists?.ratio))
    #expect(rating <= 3 && lists <= 3, "\(flip)")
  }

  @Test func `steps that only shrink are found out`() throws {
    var configuration = LearningConfiguration()
    let forgetting = TasteFlip(configuration: configuration, includesLists: false, young: 1_000, old: 100_000)
    configuration.without = [.forgetting]
    let plain = TasteFlip(configuration: configuration, includesLists: false, young: 1_000, old: 100_000)
    #expect((plain.rating?.old.followed ?? .max) > 3 * (try #require(forgetting.rating?.old.followed)), "\(plain)")
  }
}
