/// The bounds of every record. What exceeds one is rejected with a reason of its own, or cut where that is said.
public enum RecordLimits {
  /// The longest payload of an interaction or catalogue item, checked before anything is parsed: 1 MiB.
  public static let payloadLimitBytes = 1_048_576
  /// How deep arrays and objects that are not empty may nest, the outermost included. Also counts fields that are ignored.
  public static let depthLimit = 32
  /// The longest identifier (of an event, user, item, author or tag) in bytes, after unescaping. The shortest is one byte.
  public static let identifierLimitBytes = 256
  /// The longest name of a surface, in bytes.
  public static let surfaceLimitBytes = 64
  /// An unknown type's name is cut to so many bytes, or up to three fewer so that it stays UTF-8.
  public static let typeNameLimitBytes = 64
  /// How many tags an item may have.
  public static let tagLimit = 64
  /// The latest time, in milliseconds since 1970: the end of the year 9999 (UTC).
  public static let latestTimeMilliseconds: Int64 = 253_402_300_799_999
  /// A dead letter's value and key are each cut to so many bytes, and its original headers kept up to so many.
  public static let deadLetterPartLimitBytes = 65_536
}
