package import DKIM
import SMTPAnalysis

extension OutputBuffer {
  /// Appends what its DKIM signatures say of a message; nothing where it has none.
  mutating func appendSignatures(of message: Message) {
    guard !message.signatures.isEmpty else { return }
    field("proven_whole", message.isProvenWhole)
    key("dkim")
    appendArray(message.signatures) { $0.appendSignature($1) }
    if message.furtherSignatures > 0 { field("further_signatures", message.furtherSignatures) }
  }

  private mutating func appendSignature(_ report: SignatureReport) {
    append(literal: "{\"body\":\"")
    append(report.body.word)
    append(literal: "\"")
    field("body_reason", word: report.body.reason)
    field("signature", word: report.signature.word)
    field("signature_reason", word: report.signatureReason)
    field("domain", text: report.domain)
    field("selector", text: report.selector)
    field("algorithm", text: report.algorithm)
    field("canonicalization", word: "\(report.headerForm.rawValue)/\(report.bodyForm.rawValue)")
    field("body_length", report.bodyLength)
    field("unsigned_bytes", report.unsignedOctets)
    field("signed_at", report.signedAt)
    field("expires", report.expires)
    field("expired", report.isExpired)
    field("key_bits", report.keyBits)
    field("key_from", word: report.keySource?.word)
    field("key_frame", report.keySource?.frame)
    append(literal: "}")
  }
}

extension SignatureReport {
  /// Why the signature does not tell more.
  package var signatureReason: String? {
    switch signature {
    case .unusable(let defect): defect.rawValue
    case .unusableKey(let fault): fault.rawValue
    case .tooManyFields: "the header has more fields than are looked at"
    case .weakKey: "keys of fewer than 1024 bits prove nothing (RFC 8301 section 3.2)"
    case .verified where isObsolete: "rsa-sha1 is obsolete: verifiers reject it (RFC 8301 section 3.1)"
    case .verified, .failed, .noKey, .revokedKey: nil
    }
  }
}

extension SignatureReport.BodyCheck {
  /// As the records call it.
  package var word: String {
    switch self {
    case .matches: "matches"
    case .altered: "altered"
    case .unknown: "unknown"
    }
  }

  /// Why it is not known.
  package var reason: String? {
    if case .unknown(let doubt) = self { doubt.rawValue } else { nil }
  }
}

extension SignatureReport.SignatureCheck {
  /// As the records call it.
  package var word: String {
    switch self {
    case .verified: "verified"
    case .failed: "failed"
    case .noKey: "no_key"
    case .revokedKey: "revoked_key"
    case .weakKey: "weak_key"
    case .unusableKey: "unusable_key"
    case .unusable, .tooManyFields: "unknown"
    }
  }
}

extension SignatureReport.KeySource {
  /// As the records call it.
  package var word: String {
    switch self {
    case .file: "file"
    case .dns: "dns"
    }
  }

  /// Of the name server's answer.
  package var frame: Int? {
    if case .dns(let frame) = self { frame } else { nil }
  }
}
