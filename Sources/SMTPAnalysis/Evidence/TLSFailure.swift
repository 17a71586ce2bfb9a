internal import PeerCertificates
internal import TLSHandshake
internal import Wire

/// Why a handshake did not come to its end, as far as its records tell.
struct TLSFailure {
  var id: FindingID
  var message: String
  var place: Handshake.Place?

  /// - Parameters:
  ///   - end: When it ended: the clock by which certificates are judged.
  ///   - clientLeft: Whether it was the client that closed the connection.
  init(of details: TLSDetails, end: CaptureTime, clientLeft: Bool) {
    let handshake = details.handshake
    let alert = details.fatalAlert
    switch alert?.description {
    case .protocolVersion?, .inappropriateFallback?:
      self.init(.tlsVersionMismatch, Self.versions(handshake, alert), alert)
    case _ where handshake.choosesForeignVersion:
      self.init(.tlsVersionMismatch, Self.versions(handshake, alert), alert)
    case let description? where alert?.from == .server:
      self.init(serverSent: description, alert, details)
    case let description?:
      self.init(clientSent: description, alert, details, end: end)
    case nil:
      self.init(withoutAlert: details, clientLeft: clientLeft)
    }
  }

  private init(_ id: FindingID, _ message: String, _ alert: TLSAlert?) {
    self.id = id
    self.message = message
    place = alert?.place
  }

  // MARK: The server ended it

  private init(serverSent description: AlertDescription, _ alert: TLSAlert?, _ details: TLSDetails) {
    let handshake = details.handshake
    let sentence = Self.sentence(alert)
    if description == .certificateRequired || handshake.wantsClientCertificate && description.isAboutCertificates {
      let given = handshake.clientCertificates.map { !$0.isEmpty }
      let what =
        switch given {
        case true?: "The server did not take the client's certificate"
        case false?: "The server asked for a certificate and the client has none"
        case nil: "The server wants a certificate from the client"
        }
      self.init(.tlsClientCertificateMissing, "\(what): \(sentence)", alert)
    } else if handshake.serverHello == nil, description == .handshakeFailure || description == .insufficientSecurity {
      let offer = handshake.clientHello.map { ": the client offers \(Self.offer($0)), the server takes none of it" }
      self.init(.tlsNoSharedCipher, "Both sides have no cipher in common\(offer ?? ""). \(sentence)", alert)
    } else if description == .insufficientSecurity {
      self.init(.tlsNoSharedCipher, "What the client offers is too weak for the server. \(sentence)", alert)
    } else {
      self.init(.tlsHandshakeFailed, "The TLS handshake failed. \(sentence)\(Self.stage(handshake))", alert)
    }
  }

  // MARK: The client ended it

  private init(
    clientSent description: AlertDescription, _ alert: TLSAlert?, _ details: TLSDetails, end: CaptureTime
  ) {
    let sentence = Self.sentence(alert)
    let certificate = details.certificates.first
    let whose = certificate.map { " (subject \(visible($0.subject.utf8)), issuer \(visible($0.issuer.utf8)))" } ?? ""
    switch description {
    case .certificateExpired:
      let dates = certificate.flatMap { CertificateExpired.clause($0, at: end) } ?? "out of date"
      self.init(
        .certificateExpired, "The client did not take the server's certificate, which is \(dates)\(whose). \(sentence)",
        alert)
    case .badCertificate, .certificateUnknown, .accessDenied:
      self.init(rejected: details, whose, sentence, alert, end)
    case .unknownAuthority, .unsupportedCertificate, .certificateRevoked:
      self.init(untrusted: details, whose, sentence, alert)
    case .insufficientSecurity:
      self.init(.tlsNoSharedCipher, "What the server chose is too weak for the client. \(sentence)", alert)
    default:
      self.init(.tlsHandshakeFailed, "The TLS handshake failed. \(sentence)\(Self.stage(details.handshake))", alert)
    }
  }

  /// The client had finished the handshake and left without a word: what can be seen of the certificate may say why.
  ///
  /// - Returns: nil where it says nothing.
  static func unsaid(_ details: TLSDetails, end: CaptureTime) -> TLSFailure? {
    guard let certificate = details.certificates.first else { return nil }
    let isOutOfDate = CertificateExpired.clause(certificate, at: end) != nil
    let isForAnother = details.serverName.map { !certificate.isFor($0) } ?? false
    guard isOutOfDate || isForAnother || details.isSelfSigned else { return nil }
    let whose = " (subject \(visible(certificate.subject.utf8)), issuer \(visible(certificate.issuer.utf8)))"
    return TLSFailure(
      rejected: details, whose,
      "It finished the handshake, as some libraries do before they look, and left without a word.",
      nil, end)
  }

  /// An alert that only says that the certificate will not do: what can be seen of it says why.
  private init(
    rejected details: TLSDetails, _ whose: String, _ sentence: String, _ alert: TLSAlert?, _ end: CaptureTime
  ) {
    guard let certificate = details.certificates.first else {
      self.init(untrusted: details, whose, sentence, alert)
      return
    }
    if let dates = CertificateExpired.clause(certificate, at: end) {
      self.init(
        .certificateExpired, "The client did not take the server's certificate, which is \(dates)\(whose). \(sentence)",
        alert)
    } else if let name = details.serverName, !certificate.isFor(name), !details.isSelfSigned {
      self.init(
        .certificateNameMismatch,
        "The client asked for \(name) and did not take the server's certificate, which is for \(CertificateNameMismatch.names(of: certificate)). \(sentence)",
        alert)
    } else {
      self.init(untrusted: details, whose, sentence, alert)
    }
  }

  private init(untrusted details: TLSDetails, _ whose: String, _ sentence: String, _ alert: TLSAlert?) {
    let why = details.isSelfSigned ? ", which is self-signed" : ""
    self.init(
      .certificateUntrusted, "The client did not trust the server's certificate\(why)\(whose). \(sentence)", alert)
  }

  // MARK: No alert that can be read

  private init(withoutAlert details: TLSDetails, clientLeft: Bool) {
    let stage = Self.stage(details.handshake)
    switch details.encryptedRefusal {
    case .client?:
      self.init(
        .tlsHandshakeFailed,
        "The client ended the TLS handshake with an alert that is encrypted, in answer to the server's certificate or its proof: what it says is not shown without keys.",
        nil)
    case .server?:
      self.init(
        .tlsHandshakeFailed,
        "The server ended TLS with an alert that is encrypted, when the client had finished its handshake (where a client certificate is wanted, that is where it is missed): what it says is not shown without keys.",
        nil)
    case nil:
      let silence =
        details.wasCertificateUnanswered && clientLeft
        ? " The server had sent its certificate, encrypted as in TLS 1.3, and the client answered nothing, as one may that does not take it."
        : stage
      self.init(.tlsHandshakeFailed, "The TLS handshake did not come to its end.\(silence)", nil)
    }
  }

  // MARK: Sentences

  /// `The server sent the alert handshake_failure (40).`
  private static func sentence(_ alert: TLSAlert?) -> String {
    guard let alert else { return "" }
    let who = alert.from == .client ? "client" : "server"
    return "The \(who) sent the alert \(alert.description.name) (\(alert.description.code))."
  }

  private static func stage(_ handshake: Handshake) -> String {
    guard let last = handshake.last else { return "" }
    return " It stopped behind the \(last.from == .client ? "client" : "server")'s \(last.name)."
  }

  private static func versions(_ handshake: Handshake, _ alert: TLSAlert?) -> String {
    let sent = sentence(alert)
    let ending = sent.isEmpty ? "" : " \(sent)"
    guard let hello = handshake.clientHello else { return "The two sides have no TLS version in common.\(ending)" }
    let offered = hello.offeredVersions
    let offer =
      hello.supportedVersions.isEmpty
      ? "at most \(hello.legacyVersion.name)" : offered.map(\.name).joined(separator: ", ")
    if let version = handshake.version {
      return "The server chose \(version.name), the client offers \(offer).\(ending)"
    }
    return "The client offers \(offer), which the server does not take.\(ending)"
  }

  /// What a client offers, in a few words.
  private static func offer(_ hello: ClientHello) -> String {
    let ciphers = hello.cipherSuites.filter { !$0.isGREASE && !$0.isSignal }.map(\.name)
    let groups = hello.groups.filter { !$0.isGREASE }.map(\.name)
    let highest = hello.offeredVersions.first.map { "up to \($0.name) " } ?? ""
    let keys = groups.isEmpty ? "" : ", groups \(list(groups))"
    return "\(highest)with \(list(ciphers))\(keys)"
  }

  /// The first few of a list.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(4).joined(separator: ", ")
    return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
  }
}

extension AlertDescription {
  /// What a server says that misses a certificate, or does not take one.
  fileprivate var isAboutCertificates: Bool {
    switch self {
    case .handshakeFailure, .noCertificate, .badCertificate, .unsupportedCertificate, .certificateRevoked,
      .certificateExpired, .certificateUnknown, .unknownAuthority, .accessDenied:
      true
    default: false
    }
  }
}
