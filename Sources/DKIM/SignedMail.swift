public import Wire

// DKIM: the signatures of a message (RFC 6376, RFC 8463), checked while its bytes pass: the body against the hash in each
// signature, the header section against each signature once there is a key. Nothing is fetched here.

/// A message that has DKIM-Signature fields, while its body passes.
///
/// Make one from the header section, feed it the body in runs of any length, and ask for the reports when the message has
/// ended. Nothing is kept of the body.
public struct SignedMail: Sendable {
  private var signatures: [Pending] = []
  private var bodies: [BodyDigest] = []
  private var hasHole = false
  /// Signatures that are not looked at.
  public private(set) var passedOver = 0

  /// A signature and the hash that it waits for.
  private struct Pending: Sendable {
    var report: SignatureReport
    var bodyHash: [UInt8]
    /// Which of `bodies`; nil where the body is not compared.
    var body: Int?
  }

  /// Signatures of one message that are looked at: lists and services leave three or four. Against thousands of them, each of
  /// which costs a pass over the header section.
  private static let mostSignatures = 16
  /// Different hashes of one body: each costs a pass over it.
  private static let mostBodies = 6

  /// - Parameter header: The header section up to the blank line, which is not part of it. nil where it has no signature,
  ///   which is seen at a glance.
  public init?(header: Span<UInt8>) {
    guard Self.hasSignature(header) else { return nil }
    let fields = HeaderFields(header)
    for (place, field) in fields.fields.enumerated() where field.key == HeaderFields.signatureKey {
      guard signatures.count < Self.mostSignatures else {
        passedOver += 1
        continue
      }
      add(
        SignatureField(header.extracting(field.colon + 1..<field.whole.upperBound)), at: place, of: fields, in: header)
    }
    guard !signatures.isEmpty else { return nil }
  }

  /// Whether a line begins with the field's name.
  private static func hasSignature(_ header: Span<UInt8>) -> Bool {
    var start = 0
    while start < header.count {
      // Most lines differ in their first letter.
      if header[start] | 0x20 == UInt8(ascii: "d"),
        header.extracting(start..<header.count).hasBytesIgnoringCase("dkim-signature")
      {
        return true
      }
      guard let feed = header.firstIndex(of: 0x0a, from: start) else { return false }
      start = feed + 1
    }
    return false
  }

  private mutating func add(
    _ field: SignatureField, at place: Int, of fields: HeaderFields, in header: Span<UInt8>
  ) {
    var report = SignatureReport(field, at: place, of: fields, in: header)
    var body: Int?
    if field.canCompareBody, let hash = field.hash {
      body = bodies.firstIndex { $0.serves(field) }
      if body == nil, bodies.count < Self.mostBodies {
        body = bodies.count
        bodies.append(BodyDigest(field.bodyForm, hash, limit: field.bodyLength))
      }
      if body == nil { report.body = .unknown(.tooManyForms) }
    }
    signatures.append(Pending(report: report, bodyHash: field.bodyHash ?? [], body: body))
  }

  /// Takes the next bytes of the body.
  public mutating func append(_ bytes: Span<UInt8>) {
    for index in bodies.indices { bodies[index].append(bytes) }
  }

  /// Bytes of the body are missing: nothing can be told of it any more.
  public mutating func skip() {
    hasHole = true
    bodies = []
  }

  /// The reports when the message has ended, in the order of the fields.
  ///
  /// - Parameters:
  ///   - doubt: Why a hash that differs would prove nothing; nil where it would.
  ///   - time: When it ended.
  public consuming func finish(doubt: BodyDoubt?, at time: CaptureTime) -> [SignatureReport] {
    var hashes: [[UInt8]] = []
    for index in bodies.indices { hashes.append(bodies[index].finish()) }
    let seconds = Int(time.nanoseconds / 1_000_000_000)
    return signatures.map { signature in
      var report = signature.report
      if let expires = report.expires { report.isExpired = seconds > expires }
      guard let index = signature.body else { return report }
      guard !hasHole else {
        report.body = .unknown(.missingBytes)
        return report
      }
      let length = bodies[index].length
      if hashes[index] == signature.bodyHash, (report.bodyLength ?? 0) <= length {
        report.body = .matches
        report.unsignedOctets = length - (report.bodyLength ?? length)
      } else {
        report.body = doubt.map { .unknown($0) } ?? .altered
      }
      return report
    }
  }
}
