/// One key of the configuration: its name, what it is for, what is allowed, and how it is read and written as text.
///
/// A typed configuration struct lists its keys once, and everything else follows from that list: flags, environment,
/// YAML file, `check-config`, and the canonical form that an era's start record carries.
///
///     static let settings: [Setting<LearningConfiguration>] = [
///       .number("learning.rate", \.rate, in: 0.0001...10, "step size of the towers"),
///     ]
public struct Setting<Root>: Sendable {
  /// The dotted name, for example `epoch.records`.
  public let key: String
  /// One line for people.
  public let summary: String
  /// What a value may be, in words, for error messages.
  public let allowed: String
  let readText: @Sendable (Root) -> String
  let writeText: @Sendable (inout Root, String) -> Bool

  /// A setting with its own text form. `write` returns false when the text is not allowed.
  public init(
    _ key: String, _ summary: String, allowed: String,
    read: @escaping @Sendable (Root) -> String,
    write: @escaping @Sendable (inout Root, String) -> Bool
  ) {
    self.key = key
    self.summary = summary
    self.allowed = allowed
    self.readText = read
    self.writeText = write
  }

  /// The value's text form, which `write` accepts.
  public func text(in root: Root) -> String {
    readText(root)
  }

  /// Sets the value from text.
  /// - Throws: ``SettingError`` naming key, value and what is allowed.
  public func set(_ text: String, in root: inout Root) throws(SettingError) {
    guard writeText(&root, text) else {
      throw SettingError(key: key, value: text, allowed: allowed)
    }
  }

  /// The same setting as part of a larger configuration.
  public func lifted<Outer>(into path: any (WritableKeyPath<Outer, Root> & Sendable)) -> Setting<Outer> {
    let (readText, writeText) = (readText, writeText)
    return Setting<Outer>(
      key, summary, allowed: allowed,
      read: { readText($0[keyPath: path]) },
      write: { writeText(&$0[keyPath: path], $1) })
  }
}

/// A value that a setting does not allow.
public struct SettingError: Error, Equatable, CustomStringConvertible {
  /// The setting's name.
  public let key: String
  /// The text that was refused.
  public let value: String
  /// What would have been accepted.
  public let allowed: String

  /// Creates the error.
  public init(key: String, value: String, allowed: String) {
    self.key = key
    self.value = value
    self.allowed = allowed
  }

  /// Names the key, the value and what is allowed.
  public var description: String {
    "\(key) is \"\(value)\", allowed is \(allowed)"
  }
}

extension Setting {
  /// A 32-bit floating-point number within `range`.
  public static func number(
    _ key: String, _ path: any (WritableKeyPath<Root, Float> & Sendable), in range: ClosedRange<Float>,
    _ summary: String
  ) -> Setting {
    Setting(
      key, summary, allowed: "a number from \(range.lowerBound) to \(range.upperBound)",
      read: { "\($0[keyPath: path])" },
      write: { root, text in
        guard let value = Float(text), range.contains(value) else { return false }
        root[keyPath: path] = value
        return true
      })
  }

  /// A whole number within `range`.
  public static func integer(
    _ key: String, _ path: any (WritableKeyPath<Root, Int> & Sendable), in range: ClosedRange<Int>, _ summary: String
  ) -> Setting {
    Setting(
      key, summary, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      read: { "\($0[keyPath: path])" },
      write: { root, text in
        guard let value = Int(text), range.contains(value) else { return false }
        root[keyPath: path] = value
        return true
      })
  }

  /// `true` or `false`.
  public static func flag(
    _ key: String, _ path: any (WritableKeyPath<Root, Bool> & Sendable), _ summary: String
  ) -> Setting {
    Setting(
      key, summary, allowed: "true or false",
      read: { "\($0[keyPath: path])" },
      write: { root, text in
        guard let value = Bool(text) else { return false }
        root[keyPath: path] = value
        return true
      })
  }

  /// Any text that `isAllowed` accepts.
  public static func text(
    _ key: String, _ path: any (WritableKeyPath<Root, String> & Sendable), allowed: String, _ summary: String,
    where isAllowed: @escaping @Sendable (String) -> Bool
  ) -> Setting {
    Setting(
      key, summary, allowed: allowed,
      read: { $0[keyPath: path] },
      write: { root, text in
        guard isAllowed(text) else { return false }
        root[keyPath: path] = text
        return true
      })
  }

  /// One of an enum's cases, by raw value.
  public static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
    _ key: String, _ path: any (WritableKeyPath<Root, Value> & Sendable), _ summary: String
  ) -> Setting where Value.RawValue == String {
    Setting(
      key, summary, allowed: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
      read: { $0[keyPath: path].rawValue },
      write: { root, text in
        guard let value = Value(rawValue: text) else { return false }
        root[keyPath: path] = value
        return true
      })
  }
}

extension Array {
  /// The canonical form: `key=value` in the order of the keys' bytes, one a line. Equal configurations give equal text.
  public func canonicalText<Root>(of root: Root) -> String where Element == Setting<Root> {
    sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\($0.key)=\($0.text(in: root))\n" }
      .joined()
  }

  /// Reads a canonical form back into `root`. Keys it does not name keep their value.
  /// - Throws: ``SettingError`` for an unknown key, a line without `=`, or a value that is not allowed.
  public func apply<Root>(canonicalText text: String, to root: inout Root) throws(SettingError)
  where Element == Setting<Root> {
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else {
        throw SettingError(key: String(line), value: "", allowed: "a line of the form key=value")
      }
      let key = String(line[..<equals])
      let value = String(line[line.index(after: equals)...])
      guard let setting = first(where: { $0.key == key }) else {
        throw SettingError(key: key, value: value, allowed: "a key that this version knows")
      }
      try setting.set(value, in: &root)
    }
  }
}
