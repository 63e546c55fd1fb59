import FeedEvents
import Pipeline
import Testing

@testable import Evaluation

/// One stream in the forms of all releases.
@Suite struct DatasetFormTests {
  private let stream = SmallStream()

  private func read(_ directory: borrowing TemporaryDirectory) throws -> MovieLensDataset {
    try MovieLensDataset(directory: directory.path)
  }

  @Test func `whole stars teach the same bits in every form`() throws {
    let forms = [try read(stream.hundredThousand), try read(stream.million), try read(stream.commaSeparated)]
    #expect(forms.map(\.release) == [.hundredThousand, .doubleColon, .commaSeparated])
    let first = PrequentialRun(forms[0].catalog, forms[0])
    #expect(try #require(first.quality.hitRates?[10]) > 0.12)
    #expect(try #require(first.quality.rmse) < 0.97 * (try #require(first.quality.meanRMSE)))
    for form in forms.dropFirst() {
      #expect(form.catalog == forms[0].catalog)
      #expect(Array(form) == Array(forms[0]))
      let run = PrequentialRun(form.catalog, form)
      #expect(run.digest == first.digest)
      #expect(run.quality == first.quality)
    }
  }

  @Test func `half stars are the same stream on a scale half as large`() throws {
    let (whole, half) = (try read(stream.million), try read(stream.tenMillion))
    #expect(half.catalog == whole.catalog)
    #expect(half.map(\.value) == whole.map { $0.value.map { $0 / 2 } })
    let first = PrequentialRun(whole.catalog, whole).quality
    let second = PrequentialRun(half.catalog, half).quality
    #expect(second.hitRates == first.hitRates)
    #expect(second.rmse == first.rmse.map { $0 / 2 })
  }

  @Test func `quoted and accented titles, missing genres and missing years come through`() throws {
    let dataset = try read(stream.commaSeparated)
    for (item, movie) in zip(dataset.catalog, stream.movies) {
      let title = movie.year.map { "\(movie.name) (\($0))" } ?? movie.name
      #expect(text(item.title ?? []) == title)
      var tags = movie.genres.map { "genre:\($0)" }
      if let year = movie.year { tags.append("year:\(year / 5 * 5)") }
      #expect(item.tags.map(text) == tags)
    }
    #expect(dataset.catalog.contains { $0.tags.isEmpty }, "a movie with neither genre nor year")
  }

  @Test func `events of likes alone are ranked as the ratings are, without an error of predictions`() throws {
    let dataset = try read(stream.hundredThousand)
    let ratings = PrequentialRun(dataset.catalog, dataset).quality
    let likes = PrequentialRun(dataset.catalog, stream.events(.like, value: { _ in nil })).quality
    #expect(likes.rmse == nil && likes.mae == nil && likes.meanRMSE == nil)
    #expect(likes.hitRates == ratings.hitRates)
    #expect(likes.includingSeen == ratings.includingSeen)
    let numbers = try #require(likes.hitRates?.rates) + [try #require(likes.mrr), try #require(likes.ndcgAt10)]
    #expect(numbers.allSatisfy { $0.isFinite && $0 > 0 })
  }
}
