/// A moment of the wall clock as text, without Foundation.
public enum Timestamp {
  /// RFC 3339 in UTC with milliseconds, for example `2026-11-25T10:16:00.123Z`.
  ///
  /// The civil date comes from counting days in 400-year eras that begin on 1 March (H. Hinnant, "chrono-Compatible
  /// Low-Level Date Algorithms", `civil_from_days`).
  public static func rfc3339(milliseconds: Int64) -> String {
    let (seconds, millisecond) = floorDivision(milliseconds, 1_000)
    let (days, second) = floorDivision(seconds, 86_400)
    let (era, dayOfEra) = floorDivision(days + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day, 2) + "T"
      + digits(second / 3_600, 2) + ":" + digits(second / 60 % 60, 2) + ":" + digits(second % 60, 2) + "."
      + digits(millisecond, 3) + "Z"
  }

  private static func floorDivision(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func digits(_ value: Int64, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
