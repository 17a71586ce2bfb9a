import PeerCertificates
import SMTPAnalysis
package import TLSHandshake
import Wire

// The `tls` member of a session's record.

extension OutputBuffer {
  mutating func appendTLS(_ use: TLSUse?) {
    guard let use else { return append(literal: "null") }
    append(literal: "{\"method\":\"")
    append(use.method.rawValue)
    append(literal: "\"")
    field("outcome", word: use.outcome.rawValue)
    field("decrypted", use.isReadable)
    if let details = use.details { appendDetails(details, hasFailed: use.outcome == .failed) }
    append(literal: "}")
  }

  private mutating func appendDetails(_ details: TLSDetails, hasFailed: Bool) {
    let handshake = details.handshake
    field("version", string: handshake.version?.name)
    field("cipher", string: handshake.cipherSuite?.name)
    field("group", string: handshake.group)
    key("resumed")
    if let isResumed = handshake.isResumed {
      append(isResumed ? "true" : "false")
    } else {
      append(literal: "null")
    }
    field("sni", text: handshake.clientHello?.serverName)
    field("alpn", text: handshake.serverHello?.applicationProtocol)
    // Of a part of a hello they would be those of another one.
    let hello = handshake.clientHello.flatMap { $0.isWhole ? $0 : nil }
    field("ja3", word: hello?.ja3)
    field("ja3s", word: handshake.serverHello.flatMap { $0.isWhole ? $0.ja3s : nil })
    field("ja4", word: hello?.ja4)
    key("certificates")
    appendArray(details.certificates) { $0.appendCertificate($1) }
    field("client_certificate", word: details.clientCertificate?.rawValue)
    key("alerts")
    appendArray(details.alerts) { $0.appendAlert($1) }
    append(literal: ",\"encrypted_alerts\":{\"client\":")
    append(details.encryptedAlerts.client)
    field("server", details.encryptedAlerts.server)
    append(literal: "}")
    if let use = details.keyUse { field("keys", string: use.words) }
    if details.refusedRecords > 0 { field("refused_records", details.refusedRecords) }
    if hasFailed, let last = handshake.last {
      append(literal: ",\"last_message\":{\"from\":\"")
      append(last.from.word)
      append(literal: "\"")
      field("name", word: last.name)
      append(literal: "}")
    }
    if hasFailed, let hello = handshake.clientHello {
      key("offer")
      appendOffer(hello)
    }
  }

  private mutating func appendCertificate(_ certificate: PeerCertificate) {
    append(literal: "{\"subject\":")
    appendOrNull(string: certificate.subject)
    field("issuer", string: certificate.issuer)
    field("not_before", word: certificate.notBefore?.text)
    field("not_after", word: certificate.notAfter?.text)
    key("dns_names")
    appendArray(certificate.dnsNames) { $0.appendOrNull(string: $1) }
    field("key", string: certificate.key.kind)
    field("key_bits", certificate.key.bits)
    field("signature_algorithm", string: certificate.signatureAlgorithm)
    field("sha256", word: certificate.sha256)
    append(literal: "}")
  }

  private mutating func appendAlert(_ alert: TLSAlert) {
    append(literal: "{\"from\":\"")
    append(alert.from.word)
    append(literal: "\"")
    field("level", word: alert.levelName)
    field("description", word: alert.description.name)
    field("frame", alert.place.frame)
    append(literal: "}")
  }

  /// What the client would have taken.
  package mutating func appendOffer(_ hello: ClientHello) {
    append(literal: "{\"versions\":")
    appendNames(hello.offeredVersions.map(\.name))
    key("ciphers")
    appendNames(hello.cipherSuites.filter { !$0.isGREASE && !$0.isSignal }.map(\.name))
    key("groups")
    appendNames(hello.groups.filter { !$0.isGREASE }.map(\.name))
    key("signature_algorithms")
    appendNames(hello.signatureSchemes.filter { !$0.isGREASE }.map(\.name))
    append(literal: "}")
  }

  private mutating func appendNames(_ names: [String]) {
    appendArray(names) { $0.appendOrNull(string: $1) }
  }
}
