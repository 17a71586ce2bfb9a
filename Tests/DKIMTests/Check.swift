import DKIM
import Wire

/// The reports on a message that comes in these pieces.
func reports(
  _ header: [UInt8], _ body: [ArraySlice<UInt8>], keys: [UInt8]? = nil, doubt: BodyDoubt? = nil, at seconds: Int = 0
) throws -> [SignatureReport] {
  guard var mail = SignedMail(header: header.span) else { return [] }
  for piece in body { mail.append(piece.span) }
  var reports = mail.finish(doubt: doubt, at: CaptureTime(nanoseconds: Int64(seconds) * 1_000_000_000))
  guard let keys else { return reports }
  let file = try KeyFile(keys)
  for index in reports.indices {
    if let key = file.key(for: reports[index]) { reports[index].verify(with: key, from: .file) }
  }
  return reports
}

func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

func signedMail(_ header: [UInt8]) -> SignedMail? { SignedMail(header: header.span) }
