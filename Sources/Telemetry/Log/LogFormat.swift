/// How a log line is written.
public enum LogFormat: String, CaseIterable, Sendable {
  /// `2026-11-25T10:16:00.123Z WARNING Rejected records kafka.topic=woonkly.interactions count=3`
  case text
  /// `{"time":"2026-…Z","level":"warning","message":"Rejected records","attributes":{"count":3}}`
  case json
}
