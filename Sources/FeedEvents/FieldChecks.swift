// The checks that decoders and validation share.

func checkIdentifier(_ count: Int, _ reason: RejectionReason) throws(RejectionReason) {
  guard count >= 1, count <= RecordLimits.identifierLimitBytes else { throw reason }
}

func checkTime(_ milliseconds: Int64) throws(RejectionReason) {
  if milliseconds < 0 { throw .timeNegative }
  if milliseconds > RecordLimits.latestTimeMilliseconds { throw .timeTooLate }
}

func isUTF8(_ bytes: [UInt8]) -> Bool {
  (try? UTF8Span(validating: bytes.span)) != nil
}
