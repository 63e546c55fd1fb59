/// A reader of bytes that come from outside. Whatever they are, it returns or throws; what it accepts, it can write again.
package enum FuzzTarget: String, CaseIterable, Sendable {
  case interactions, catalog, recommendations, journal, checkpoint, yaml, settings
}
