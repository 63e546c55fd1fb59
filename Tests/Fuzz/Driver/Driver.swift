import FuzzTargets
import Glibc

private let target: FuzzTarget = {
  // SAFETY: getenv returns a terminated string or nil; it is copied at once, and nothing here changes the environment.
  let name = unsafe getenv("WOONKLY_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    preconditionFailure("WOONKLY_FUZZ_TARGET is \"\(name)\", not one of \(FuzzTarget.allCases.map(\.rawValue))")
  }
  return target
}()

// SAFETY: libFuzzer calls from one thread only.
nonisolated(unsafe) private let readers = Readers()

/// What libFuzzer, whose `main` this program has, calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: the fuzzer lends `count` bytes for the call; they are copied into memory of exactly that size, so that an
  // overrun is seen.
  unsafe readers.run(target, Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
