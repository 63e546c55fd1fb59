/// What a route answers.
package struct HTTPResponse: Equatable, Sendable {
  /// The status code, for example 200.
  package var status: Int
  /// The media type of the body.
  package var contentType: String
  /// The body.
  package var body: [UInt8]

  /// An answer with a body of text.
  package init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", _ text: String) {
    self.status = status
    self.contentType = contentType
    self.body = Array(text.utf8)
  }
}
