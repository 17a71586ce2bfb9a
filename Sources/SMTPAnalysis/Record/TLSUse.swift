public import PeerCertificates
public import TLSHandshake
public import Wire

/// How TLS was asked for and what came of it.
public struct TLSUse: Sendable {
  /// By STARTTLS (RFC 3207), or from the first byte on (RFC 8314 section 3).
  public enum Method: String, Sendable {
    case starttls
    case implicit
  }

  /// How it ended; `unknown` where the capture does not show enough to tell.
  public enum Outcome: String, Sendable {
    case established
    case refused
    case failed
    case unknown
  }

  /// How it was asked for.
  public var method: Method
  /// The reply to STARTTLS.
  public var reply: ReplyRecord?
  /// What came of it.
  public var outcome: Outcome
  /// Whether what followed could be read: decrypted with keys, or by the mirror port that was captured.
  public var isReadable: Bool
  /// What the records show; nil where there were none.
  public var details: TLSDetails?

  /// Whether the client asked for it and heard nothing: no TLS was begun.
  public var isUnanswered: Bool { method == .starttls && reply == nil && details?.isActive != true }

  /// What is known of TLS; the reply to STARTTLS is added where there was one.
  public init(method: Method, outcome: Outcome, isReadable: Bool, details: TLSDetails? = nil) {
    self.method = method
    self.outcome = outcome
    self.isReadable = isReadable
    self.details = details
  }
}

/// What the records of a TLS connection show.
///
/// A class, so that a session without TLS holds a nil, and one with it a reference.
public final class TLSDetails: Sendable {
  /// The hellos, certificates and further messages that could be read.
  public let handshake: Handshake
  /// The server's certificates that could be read, its own first.
  public let certificates: [PeerCertificate]
  /// The alerts that could be read, the first ones.
  public let alerts: [TLSAlert]
  /// Alerts of each side that nobody can read.
  public let encryptedAlerts: (client: Int, server: Int)
  /// Who ended the handshake by one of them.
  public let encryptedRefusal: Peer?
  /// Whether bytes are missing, so that what was not seen proves nothing.
  public let hasHoles: Bool
  /// Whether secrets served, and why not; nil where there were none.
  public let keyUse: KeyUse?
  /// Records that are not what was sent with the keys: changed on the way, or damaged in the capture. They are not used.
  public let refusedRecords: Int
  /// Whether any record was seen, and whether both sides finished the handshake.
  public let isActive: Bool
  /// Whether both sides have sent what only a finished handshake lets them send.
  public let isEstablished: Bool
  /// Whether what either side said inside could be read.
  public let isReadable: Bool
  /// Whether the client finished the handshake and then said nothing inside, or no more than QUIT.
  public let wasLeftUnsaid: Bool
  /// Whether the client answered nothing to the certificate and proof of a server of TLS 1.3.
  let wasCertificateUnanswered: Bool
  /// When the last record of the handshake passed.
  public let handshakeEnd: CaptureTime?

  /// What a conversation shows by now; `store` has the certificates that were read before.
  public init(_ conversation: borrowing TLSConversation, certificates store: CertificateStore = CertificateStore()) {
    handshake = conversation.handshake
    certificates = (handshake.serverCertificates ?? []).compactMap { store.certificate(der: $0) }
    alerts = conversation.alerts
    encryptedAlerts = (conversation.encryptedAlerts(from: .client), conversation.encryptedAlerts(from: .server))
    encryptedRefusal = conversation.encryptedRefusal
    hasHoles = conversation.hasHoles
    keyUse = conversation.keyUse
    refusedRecords = conversation.refusedRecords
    isActive = conversation.isActive
    isEstablished = conversation.isEstablished
    isReadable = conversation.hasSpoken(.client) || conversation.hasSpoken(.server)
    wasLeftUnsaid = conversation.wasLeftUnsaid
    wasCertificateUnanswered = conversation.wasCertificateUnanswered
    handshakeEnd = conversation.times?.end
  }

  /// Whether a fatal alert in clear ended the handshake.
  var isRefused: Bool { !isEstablished && fatalAlert != nil }

  /// The alert that ended the handshake or the connection for a fault.
  public var fatalAlert: TLSAlert? { alerts.first(where: \.isFatal) }

  /// What became of the server's wish for a certificate of the client; nil where it is not known to have one.
  public var clientCertificate: ClientCertificate? {
    switch handshake.clientCertificates?.isEmpty {
    case false?: .given
    case true?: .missing
    case nil: handshake.wantsClientCertificate ? .requested : nil
    }
  }

  /// How far it came with the client's certificate.
  public enum ClientCertificate: String, Sendable {
    case requested
    case given
    case missing
  }

  /// The server's own certificate signed by itself, and alone.
  public var isSelfSigned: Bool {
    certificates.count == 1 && handshake.serverCertificates?.count == 1 && certificates[0].isSelfIssued
  }

  /// What both sides agreed on: `TLS 1.3, TLS_AES_128_GCM_SHA256, x25519, SNI mx.example`; empty where no hello was seen.
  public var agreement: String {
    var parts = [handshake.version?.name, handshake.cipherSuite?.name, handshake.group].compactMap { $0 }
    if handshake.isResumed == true { parts.append("resumed") }
    if let serverName { parts.append("SNI \(serverName)") }
    return parts.joined(separator: ", ")
  }

  /// How far the handshake came, where it did not come to its end: `stopped behind the client's ClientHello`.
  public var stage: String? {
    guard !isEstablished, let last = handshake.last else { return nil }
    return "stopped behind the \(last.from == .client ? "client" : "server")'s \(last.name)"
  }

  /// The name that the client asked for; nil where it did not ask for one.
  public var serverName: String? {
    guard let name = handshake.clientHello?.serverName, !name.isEmpty else { return nil }
    return String(visible: name.span)
  }
}
