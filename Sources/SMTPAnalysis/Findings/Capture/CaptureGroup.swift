/// What the capture lacks, and what is odd in it.
enum CaptureGroup {
  static let checks: [any FindingCheck.Type] = [
    CaptureClipped.self, CaptureGap.self, CaptureOneSided.self, CaptureMidstream.self, CaptureEnded.self,
    InconsistentRetransmission.self, BadChecksum.self,
  ]
}

extension FindingID {
  /// It says what the capture lacks, not what went wrong.
  var isOfCapture: Bool {
    switch self {
    case .captureOneSided, .captureGap, .captureClipped, .captureEnded, .captureMidstream: true
    default: false
    }
  }
}
