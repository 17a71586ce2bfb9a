/// Certificates that were read, so that one that many sessions show is read once.
///
/// A class: whoever reads sessions one after another has one of them.
public final class CertificateStore {
  private var known: [[UInt8]: PeerCertificate] = [:]

  /// Certificates kept; all go when there are more. A peer may show another one each time.
  private static let most = 256

  /// A store without certificates.
  public init() {}

  /// What a certificate says; nil where it is none.
  public func certificate(der: [UInt8]) -> PeerCertificate? {
    if let certificate = known[der] { return certificate }
    guard let certificate = PeerCertificate(der: der) else { return nil }
    if known.count >= Self.most { known.removeAll() }
    known[der] = certificate
    return certificate
  }
}
