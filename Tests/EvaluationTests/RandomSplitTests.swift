import Testing

@testable import Evaluation

@Suite struct RandomSplitTests {
  @Test func `every event is in exactly one part, four fifths of them in training`() {
    let split = RandomSplit(count: 1_003)
    #expect(split.train.count == 802)
    #expect((split.train + split.test).sorted() == Array(0..<1_003))
    #expect(split.train != split.train.sorted())
  }

  @Test func `the seed decides`() {
    #expect(RandomSplit(count: 100, seed: 7).train == RandomSplit(count: 100, seed: 7).train)
    #expect(RandomSplit(count: 100, seed: 7).train != RandomSplit(count: 100, seed: 8).train)
  }

  @Test(arguments: [0, 1, 2]) func `small streams split too`(count: Int) {
    let split = RandomSplit(count: count)
    #expect(split.train.count + split.test.count == count)
  }

  @Test func `the generator gives the reference sequence`() {
    // First outputs of the published C program for seed 1234567.
    var random = SplitMix64(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    #expect(random.next() == 9_817_491_932_198_370_423)
  }
}
