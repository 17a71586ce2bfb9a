import DKIM
package import SMTPAnalysis

extension Message {
  /// What its DKIM signatures say, in a line; nil where that is nothing: they only wait for their keys.
  package func signatureWords(_ style: TextStyle) -> (text: String, tone: Tone)? {
    guard !signatures.isEmpty else { return nil }
    if let altered = signatures.first(where: { $0.body == .altered && $0.isUsable }) {
      return ("DKIM: not the body that \(style.visible(altered.domain)) signed", .caution)
    }
    if let failed = signatures.first(where: { $0.signature == .failed }) {
      return ("DKIM: the signature of \(style.visible(failed.domain)) does not fit the header", .caution)
    }
    if let verified = signatures.first(where: { $0.signature == .verified && $0.body == .matches }) {
      let behind = verified.unsignedOctets ?? 0
      let rest = behind > 0 ? ", but for the last \(Quantity.count(behind, "byte"))" : ""
      let late = verified.isExpired ? ", and expired" : verified.isObsolete ? ", by an obsolete algorithm" : ""
      return ("DKIM: signed by \(style.visible(verified.domain)), verified\(rest)\(late)", .faint)
    }
    // Of a message that looks incomplete it is worth knowing.
    guard !isComplete, let whole = signatures.first(where: { $0.provesWholeBody }) else { return nil }
    return ("DKIM: whole all the same, by the body hash of \(style.visible(whole.domain))", .faint)
  }
}
