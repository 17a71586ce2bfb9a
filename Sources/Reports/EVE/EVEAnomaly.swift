import SMTPAnalysis

/// What Suricata calls a violation of a protocol.
struct EVEAnomaly {
  var event: String
  /// It is TCP's and not the dialogue's.
  var isOfStream = false
}

extension FindingID {
  /// The anomaly that the finding is; nil where it tells what became of a mail, or of the capture.
  ///
  /// The name is Suricata's own where it has one for the same thing, else the finding's in Suricata's letters.
  var eveAnomaly: EVEAnomaly? {
    switch self {
    case .pipeliningNotOffered, .pipeliningPastBarrier: EVEAnomaly(event: "INVALID_PIPELINED_SEQUENCE")
    case .replyMalformed: EVEAnomaly(event: "INVALID_REPLY")
    case .replyUnexpected: EVEAnomaly(event: "UNABLE_TO_MATCH_REPLY_WITH_REQUEST")
    case .replyTooLong: EVEAnomaly(event: "MAX_REPLY_LINE_LEN_EXCEEDED")
    case .commandTooLong: EVEAnomaly(event: "MAX_COMMAND_LINE_LEN_EXCEEDED")
    case .chunkSizeMismatch: EVEAnomaly(event: "BDAT_CHUNK_LEN_EXCEEDED")
    case .greetingMissing: EVEAnomaly(event: "NO_SERVER_WELCOME_MESSAGE")
    case .starttlsRefused: EVEAnomaly(event: "TLS_REJECTED")
    case .inconsistentRetransmission, .badChecksum: EVEAnomaly(event: eveName, isOfStream: true)
    case .notSMTPServer, .notSMTPClient, .tlsOnPlaintextPort, .plaintextOnTLSPort, .proxyPreambleMismatch, .authSyntax,
      .tlsGarbage, .earlyTalker, .missingHELO, .commandOutOfOrder, .commandUnknown, .commandSyntax, .pathTooLong,
      .heloInvalid, .parameterNotOffered, .bareLF, .bareCR, .nonstandardEndOfData, .smuggledTransaction, .lineTooLong,
      .eightBitNotDeclared, .nulInData, .dotNotStuffed, .sizeUnderdeclared, .smtputf8Missing, .noQUIT,
      .replyIncomplete, .replyCodeChanged, .replyInvalidForCommand, .enhancedStatusMismatch, .serverClosedWithout421,
      .starttlsInjection, .starttlsResponseInjection, .ehloNotRepeated, .headerMissing, .headerDuplicated,
      .headerMalformed, .mimeBroken:
      EVEAnomaly(event: eveName)
    default: nil
    }
  }

  private var eveName: String {
    String(rawValue.uppercased().map { $0 == "-" ? "_" : $0 })
  }
}
