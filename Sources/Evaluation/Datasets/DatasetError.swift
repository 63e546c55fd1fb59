public import FeedEvents

/// Why a data set could not be read: which file, which line, what is wrong with it.
///
/// The description is one line for people, in the form compilers use, so that editors can jump to it:
///
///     data/ratings.dat:1207: rating is "x", not a number
public struct DatasetError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Error, Equatable {
    /// The operating system refused to open or read the file; its error number.
    case unreadable(code: Int32)
    /// The directory holds none of the releases this program reads.
    case unknownRelease
    /// The first line of a CSV file is not the expected header.
    case unexpectedHeader(expected: String, found: String)
    /// The line ends before the named field.
    case missingField(String)
    /// The named field is not a plain decimal number.
    case notANumber(field: String, text: String)
    /// An opening quote of a CSV field has no closing one in its line.
    case unterminatedQuote
    /// The line is longer than 1 MiB, the limit of every record.
    case lineTooLong
    /// The file holds more events than can be numbered.
    case tooManyEvents
    /// The line is neither an interaction nor a catalogue item.
    case rejected(RejectionReason)
  }

  /// The path of the file or directory, as it was opened.
  public let file: String
  /// The line, counted from 1; nil when the problem is the file as a whole.
  public let line: Int?
  /// What is wrong.
  public let problem: Problem

  /// An error at a place.
  public init(file: String, line: Int? = nil, problem: Problem) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  /// `file:line: what is wrong`.
  public var description: String {
    let place = if let line { "\(file):\(line)" } else { file }
    return "\(place): \(problem)"
  }
}

extension DatasetError.Problem: CustomStringConvertible {
  /// What is wrong, without the place.
  public var description: String {
    switch self {
    case .unreadable(let code):
      "cannot be read: \(systemMessage(code))"
    case .unknownRelease:
      "holds none of u.data, ratings.dat, ratings.csv"
    case .unexpectedHeader(let expected, let found):
      "first line is \"\(found)\", expected \"\(expected)\""
    case .missingField(let field):
      "line ends before \(field)"
    case .notANumber(let field, let text):
      "\(field) is \"\(text)\", not a number"
    case .unterminatedQuote:
      "quote is not closed on its line"
    case .lineTooLong:
      "line is longer than \(LineReader.lineLimitBytes) bytes"
    case .tooManyEvents:
      "holds more than \(UInt32.max) events"
    case .rejected(let reason):
      "neither an interaction nor a catalogue item: \(reason.rawValue)"
    }
  }
}
