import Evaluation
import FeedEvents
import Glibc
import Testing

/// Rows of our own in the form of ml-100k. Four flags of nineteen are spelled out where they are set.
private func itemLine(_ id: Int, _ title: String, _ date: String, flags: Set<Int>) -> String {
  "\(id)|\(title)|\(date)||http://example.org/\(id)|"
    + (0..<19).map { flags.contains($0) ? "1" : "0" }.joined(separator: "|")
}

private func latin1(_ text: String) -> [UInt8] {
  text.unicodeScalars.map { UInt8($0.value) }
}

@Suite struct MovieLensDatasetTests {
  @Test func `the tab-separated release is read with Latin-1 titles, genre flags and release years`() throws {
    let items = [
      itemLine(1, "Café Ñandú (1994)", "01-Jan-1995", flags: [4, 18]),
      itemLine(2, "Unheard Of", "", flags: [0]),
      itemLine(7, "Later (1990)", "28-Feb-1999", flags: []),
    ]
    let directory = TemporaryDirectory([
      "u.data": Array("12\t7\t3\t881250949\n5\t1\t5\t881250000\n12\t1\t1\t881250000".utf8),
      "u.item": latin1(items.joined(separator: "\n") + "\n"),
    ])
    let dataset = try MovieLensDataset(directory: directory.path)

    #expect(dataset.release == .hundredThousand)
    #expect(dataset.catalog.map { text($0.itemID) } == ["1", "2", "7"])
    #expect(dataset.catalog.map { text($0.title ?? []) } == ["Café Ñandú (1994)", "Unheard Of", "Later (1990)"])
    #expect(
      dataset.catalog.map { $0.tags.map(text) } == [
        ["genre:Children's", "genre:Western", "year:1995"], ["genre:unknown"], ["year:1995"],
      ])
    #expect(dataset.userCount == 2)
    #expect(dataset.count == 3)
    #expect(dataset.map { text($0.userID) } == ["5", "12", "12"])
    #expect(dataset.map { text($0.itemID) } == ["1", "1", "7"])
    #expect(dataset.map(\.value) == [5, 1, 3])
    #expect(dataset.map(\.occurredAt) == [881_250_000_000, 881_250_000_000, 881_250_949_000])
    #expect(dataset.allSatisfy { $0.type == .rating })
  }

  @Test func `the double-colon release takes years from titles and accepts UTF-8 and Latin-1`() throws {
    let movies =
      Array("10::Sólo (1971)::Drama|Film-Noir\n".utf8) + latin1("11::Über: Alles (1989) ::Comedy\n")
      + Array("12::No Year::War\n13::Series (1975-1979)::\n".utf8)
    let directory = TemporaryDirectory([
      "ratings.dat": Array("1::10::4.5::100\n1::11::0.5::99\n".utf8), "movies.dat": movies,
    ])
    let dataset = try MovieLensDataset(directory: directory.path)

    #expect(dataset.release == .doubleColon)
    #expect(
      dataset.catalog.map { text($0.title ?? []) } == [
        "Sólo (1971)", "Über: Alles (1989) ", "No Year", "Series (1975-1979)",
      ])
    #expect(
      dataset.catalog.map { $0.tags.map(text) } == [
        ["genre:Drama", "genre:Film-Noir", "year:1970"], ["genre:Comedy", "year:1985"], ["genre:War"], [],
      ])
    #expect(dataset.map(\.value) == [0.5, 4.5])
  }

  @Test func `the CSV release is read with quoted titles and Windows line ends`() throws {
    let directory = TemporaryDirectory(text: [
      "ratings.csv": "userId,movieId,rating,timestamp\r\n3,20,4.0,1500000000\r\n2,21,3.7,1400000000\r\n",
      "movies.csv": """
      movieId,title,genres
      20,"Long Title, A (2004)",Action|Sci-Fi
      21,"The ""Quoted"" One (2010)",(no genres listed)
      22,Plain "Inner" Quotes (2019),IMAX

      """,
    ])
    let dataset = try MovieLensDataset(directory: directory.path)

    #expect(dataset.release == .commaSeparated)
    #expect(
      dataset.catalog.map { text($0.title ?? []) } == [
        "Long Title, A (2004)", "The \"Quoted\" One (2010)", "Plain \"Inner\" Quotes (2019)",
      ])
    #expect(
      dataset.catalog.map { $0.tags.map(text) } == [
        ["genre:Action", "genre:Sci-Fi", "year:2000"], ["year:2010"], ["genre:IMAX", "year:2015"],
      ])
    #expect(dataset.map { text($0.userID) } == ["2", "3"])
    #expect(dataset[0].value == 3.7)
  }

  @Test func `events of the same second keep the order of the file`() throws {
    // Times repeat every 7 rows, so each of the 7 seconds holds rows from all over the file.
    let rows = (0..<5_000).map { "\($0 % 911)\t\($0)\t3\t\(1_000 + $0 * 5 % 7)" }
    let directory = TemporaryDirectory(text: ["u.data": rows.joined(separator: "\n"), "u.item": ""])
    let dataset = try MovieLensDataset(directory: directory.path)
    let expected = (0..<5_000).sorted { ($0 * 5 % 7, $0) < ($1 * 5 % 7, $1) }
    #expect(dataset.map { text($0.itemID) } == expected.map(String.init))
    #expect(dataset.userCount == 911)
  }

  @Test(arguments: [
    ("1\t2\t3\t4\n1\tx\t3\t4\n", "2: movie id is \"x\", not a number"),
    ("1\t2\t3\n", "1: line ends before timestamp"),
    ("01\t2\t3\t4\n", "1: user id is \"01\", not a number"),
    ("1\t2\t3.0001\t4\n", "1: rating is \"3.0001\", not a number"),
    ("1\t2\t.\t4\n", "1: rating is \".\", not a number"),
    ("1\t2\t3\t4294967296\n", "1: timestamp is \"4294967296\", not a number"),
    ("\n\n\t2\t3\t4\n", "3: user id is \"\", not a number"),
  ]) func `a bad rating is named with its file and line`(ratings: String, message: String) {
    let directory = TemporaryDirectory(text: ["u.data": ratings, "u.item": ""])
    let error = #expect(throws: DatasetError.self) { try MovieLensDataset(directory: directory.path) }
    #expect(error?.description == "\(directory.path)/u.data:\(message)")
  }

  @Test(arguments: [
    ("1|A", "1: line ends before release date"),
    (itemLine(1, "A", "01-Jan-1990", flags: []) + "\nx|B|||", "2: line ends before flag unknown"),
    (
      itemLine(1, "A", "", flags: []).replacing("|0|0|", with: "|2|0|", maxReplacements: 1),
      "1: flag unknown is \"2\", not a number"
    ),
  ]) func `a bad movie is named with its file and line`(movies: String, message: String) {
    let directory = TemporaryDirectory(text: ["u.data": "", "u.item": movies])
    let error = #expect(throws: DatasetError.self) { try MovieLensDataset(directory: directory.path) }
    #expect(error?.description == "\(directory.path)/u.item:\(message)")
  }

  @Test func `bad CSV is named with its file and line`() {
    let header = "userId,movieId,rating,timestamp\n"
    let cases = [
      (
        "user,movie\n", "movieId,title,genres\n",
        "ratings.csv:1: first line is \"user,movie\", expected \"\(header.dropLast())\""
      ),
      (header, "movieId,title,genres\n1,\"A (1990),Drama\n", "movies.csv:2: quote is not closed on its line"),
      (header, "movieId,title,genres\n1,A (1990)\n", "movies.csv:2: line ends before genres"),
    ]
    for (ratings, movies, message) in cases {
      let directory = TemporaryDirectory(text: ["ratings.csv": ratings, "movies.csv": movies])
      let error = #expect(throws: DatasetError.self) { try MovieLensDataset(directory: directory.path) }
      #expect(error?.description == "\(directory.path)/\(message)")
    }
  }

  @Test func `a directory without a release, and a release without its movies, say so`() {
    let empty = TemporaryDirectory([:])
    let unknown = #expect(throws: DatasetError.self) { try MovieLensDataset(directory: empty.path) }
    #expect(unknown?.description == "\(empty.path): holds none of u.data, ratings.dat, ratings.csv")

    let incomplete = TemporaryDirectory(text: ["ratings.dat": "1::1::1::1\n"])
    let missing = #expect(throws: DatasetError.self) { try MovieLensDataset(directory: incomplete.path) }
    #expect(missing?.problem == .unreadable(code: ENOENT))
    #expect(missing?.file == "\(incomplete.path)/movies.dat")
  }

  @Test func `a line beyond the limit is an error, one at the limit is not`() throws {
    func directory(titleBytes: Int) -> TemporaryDirectory {
      TemporaryDirectory(text: [
        "ratings.dat": "1::1::1::1\n", "movies.dat": "1::" + String(repeating: "x", count: titleBytes) + "::War\n",
      ])
    }
    let limit = 1 << 20
    let fitting = directory(titleBytes: limit - 9)
    #expect(try MovieLensDataset(directory: fitting.path).catalog.first?.title?.count == limit - 9)
    let long = directory(titleBytes: limit)
    let error = #expect(throws: DatasetError.self) { try MovieLensDataset(directory: long.path) }
    #expect(error?.description == "\(long.path)/movies.dat:1: line is longer than 1048576 bytes")
  }

  @Test(.enabled(if: movieLensDirectory != nil, "WOONKLY_TEST_MOVIELENS names ml-100k"))
  func `the real release has its published counts`() throws {
    let dataset = try MovieLensDataset(directory: try #require(movieLensDirectory))
    #expect(dataset.count == 100_000)
    #expect(dataset.userCount == 943)
    #expect(dataset.catalog.count == 1_682)
    #expect(zip(dataset, dataset.dropFirst()).allSatisfy { $0.occurredAt <= $1.occurredAt })
    #expect(dataset.catalog.allSatisfy { String(validating: $0.title ?? [], as: UTF8.self) != nil })
  }

  @Test(.enabled(if: movieLensDirectory != nil, "WOONKLY_TEST_MOVIELENS names ml-100k"))
  func `the baselines of the real release are what they are known to be`() throws {
    let dataset = try MovieLensDataset(directory: try #require(movieLensDirectory))
    var metrics = PrequentialMetrics()
    // Rows in the order in which items were first seen, so that a lower row wins a tie.
    var (rows, counts, seen) = ([[UInt8]: Int](), [Int](), [[UInt8]: Set<Int>]())
    for event in dataset {
      let met = seen[event.userID, default: []]
      var outcome = RankOutcome.miss
      if let row = rows[event.itemID] {
        let count = counts[row]
        var rank = 1
        for other in counts.indices where counts[other] > count || counts[other] == count && other < row {
          if !met.contains(other) { rank += 1 }
        }
        outcome = .ranked(.init(excludingSeen: rank, popularity: rank))
      } else {
        rows[event.itemID] = counts.count
        counts.append(0)
      }
      metrics.record(prediction: 0, label: event.value.map { Float($0) }, ranking: outcome)
      let row = try #require(rows[event.itemID])
      counts[row] += 1
      seen[event.userID, default: []].insert(row)
    }
    let quality = metrics.all
    // Counted by an independent numpy program with the same rule for ties; the published .078 and .374 share them out.
    #expect(quality.popularity?[10] == 0.07695)
    #expect(quality.popularity?[100] == 0.3732)
    #expect(abs(try #require(quality.meanRMSE) - 1.126) < 0.0005, "\(quality.meanRMSE as Any)")
    #expect(quality.hitRates == quality.popularity)
  }
}

private let movieLensDirectory: String? = {
  // SAFETY: getenv's answer is copied at once; nothing in the tests changes the environment.
  unsafe getenv("WOONKLY_TEST_MOVIELENS").map { unsafe String(cString: $0) }
}()
