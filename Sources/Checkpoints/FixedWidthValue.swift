#if _endian(big)
  #error("Checkpoints are little endian and written with plain copies: this code needs a little-endian machine.")
#endif

/// A number with one size everywhere, for which every bit pattern is a value: it can be written by copying its bytes.
///
/// `Int` and `Bool` do not conform on purpose: the first has no size of its own, the second has invalid patterns.
public protocol FixedWidthValue: BitwiseCopyable, Sendable {}

extension UInt8: FixedWidthValue {}
extension UInt16: FixedWidthValue {}
extension UInt32: FixedWidthValue {}
extension UInt64: FixedWidthValue {}
extension UInt128: FixedWidthValue {}
extension Int8: FixedWidthValue {}
extension Int16: FixedWidthValue {}
extension Int32: FixedWidthValue {}
extension Int64: FixedWidthValue {}
extension Float: FixedWidthValue {}
extension Double: FixedWidthValue {}
