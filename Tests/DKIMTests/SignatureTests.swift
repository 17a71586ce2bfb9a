import DKIM
import Testing
import Wire

private let good = "v=1; a=rsa-sha256; c=relaxed/simple; d=b.example; s=s1; h=from; bh=\(hash); b=AAAA"
private let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

private func report(_ tags: String, name: String = "DKIM-Signature", body: String = "") throws -> SignatureReport? {
  try reports(octets("From: a@b.example\r\n\(name): \(tags)\r\n"), [octets(body)[...]]).first
}

@Suite struct SignatureTests {
  @Test(
    arguments: [
      ("nonsense", .malformed), ("v=1; v=1; a=rsa-sha256", .malformed), ("", .version),
      (good.replacing("v=1", with: "v=2"), .version), (good.replacing("v=1; ", with: ""), .version),
      (good.replacing("rsa-sha256", with: "rsa-sha512"), .algorithm),
      (good.replacing("rsa-sha256", with: "dsa-sha256"), .algorithm),
      (good.replacing("rsa-sha256", with: "rsa"), .algorithm),
      (good.replacing("rsa-sha256", with: "ed25519-sha1"), .algorithm),
      (good.replacing("relaxed/simple", with: "nofws"), .canonicalization),
      (good.replacing("relaxed/simple", with: "relaxed/"), .canonicalization),
      (good.replacing("relaxed/simple", with: ""), .canonicalization),
      (good.replacing(hash, with: "AAAA"), .bodyHash), (good.replacing(hash, with: "!"), .bodyHash),
      (good.replacing("b=AAAA", with: "b=*"), .signature), (good.replacing("; b=AAAA", with: ""), .signature),
      (good.replacing("d=b.example", with: "d="), .incomplete), (good.replacing("h=from", with: "h="), .incomplete),
      (good.replacing("h=from", with: "h=to:subject"), .fromUnsigned), (good + "; l=-1", .length),
      (good + "; l=99999999999999999999999", .length), (good + "; i=@c.example", .foreignIdentity),
      (good + "; i=a@ab.example", .foreignIdentity),
      (good.replacing("h=from", with: "h=from" + String(repeating: ":x", count: 600)), .tooManyNames),
    ] as [(String, SignatureDefect)])
  func `what is wrong with a field is told`(tags: String, defect: SignatureDefect) throws {
    let report = try #require(try report(tags))
    #expect(report.signature == .unusable(defect))
  }

  @Test(
    arguments: [
      good, good + ";", good + "; \r\n", good + "; i=@b.example",
      good + "; i=joe@sub.B.Example; x-unknown=1; q=dns/txt",
      good.replacing("; ", with: "\r\n\t;\r\n\t"), good.replacing("h=from", with: "h= FROM \r\n : to"),
      good.replacing(hash, with: "47DEQpj8HBSa+/TI\r\n mW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ])
  func `a field that is right waits for its key`(tags: String) throws {
    let report = try #require(try report(tags.replacing("relaxed/simple", with: "simple/relaxed")))
    #expect(report.signature == .noKey && report.awaitsKey)
    #expect(report.body == .matches && report.provesWholeBody)
    #expect(report.keyName == octets("s1._domainkey.b.example"))
  }

  @Test func `the name is read in any case, and only at the beginning of a line`() throws {
    #expect(try report(good, name: "dkim-SIGNATURE ") != nil)
    #expect(try report(good, name: "X-DKIM-Signature") == nil)
    #expect(try report(good, name: "DKIM-Signature-Old") == nil)
    #expect(signedMail(octets("Subject: a\r\n DKIM-Signature: \(good)\r\n")) == nil)
    #expect(signedMail(octets("Date: a\r\nDKIM-Signature")) == nil)
    #expect(SignedMail(header: [UInt8]().span) == nil)
  }

  @Test func `the body is compared although the signature cannot be checked`() throws {
    let report = try #require(try report(good.replacing("h=from", with: "h=to") + "; c2=1", body: "changed"))
    #expect(report.signature == .unusable(.fromUnsigned) && report.body == .altered)
  }

  @Test(arguments: [BodyDoubt.unfinished, .bareLineEnds, .oddEnd])
  func `a hash that differs proves nothing in doubt, and one that matches everything`(doubt: BodyDoubt) throws {
    let relaxed = octets("DKIM-Signature: \(good.replacing("/simple", with: "/relaxed"))\r\n")
    #expect(try reports(relaxed, [octets("changed")[...]], doubt: doubt).first?.body == .unknown(doubt))
    #expect(try reports(relaxed, [], doubt: doubt).first?.body == .matches)
  }

  @Test func `nothing is told of a body with a hole`() throws {
    var mail = try #require(signedMail(octets("DKIM-Signature: \(good)\r\n")))
    mail.append(octets("a").span)
    mail.skip()
    mail.append(octets("b").span)
    #expect(mail.finish(doubt: nil, at: CaptureTime(nanoseconds: 0)).first?.body == .unknown(.missingBytes))
  }

  @Test func `it expires by the packets' time`() throws {
    let header = octets("DKIM-Signature: \(good); t=1000; x=2000\r\n")
    #expect(try reports(header, [], at: 2000).first?.isExpired == false)
    #expect(try reports(header, [], at: 2001).first?.isExpired == true)
    #expect(try reports(header, []).first?.expires == 2000)
  }
}

@Suite struct KeyTests {
  private let example = StandardExamples.twice

  private func outcome(_ record: String) throws -> SignatureReport {
    let keys = octets("test._domainkey.football.example.com \(record)\n")
    return try #require(try reports(example.header, [example.body[...]], keys: keys).last)
  }

  private static let key =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
  /// The same without what says that it is RSA (RFC 8017 appendix A.1.1).
  private static let bareKey =
    "MIGJAoGBAOQeU5CgFPNZGIazlXo2k/eJ1jpaTTxrmqF1HrDLlt04pvaMtCJj8nXoliLRC/H9vJjMI1vdb3XLcW60AIN/PBD8EL97/y4GwJH7LPUvGP48vqUe+owqszesbiGy1PlCO8c70/OjFnJVgvMF87YR4Lcincb7aSvI5MgpP6X8rjDdAgMBAAE="
  /// RSA of 512 bits.
  private static let shortKey =
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANhkEjEJHhuuiXDtsERtHa7jUeoMopfa/PtNZn4QDePF2COMXL2j3CknS/WsjwQsftTI/yaCxiaB9XEAtvrYBCkCAwEAAQ=="

  @Test(
    arguments: [
      ("v=DKIM1; k=rsa; p=\(key)", .verified), ("p=\(key)", .verified), ("p=\(bareKey)", .verified),
      ("v=DKIM1; h=sha256; s=email; t=y:s; p=\(key)", .verified), ("v=DKIM1; s=*; p=\(key);", .verified),
      ("v=DKIM1; p=", .revokedKey), ("v=DKIM1; p=\(shortKey)", .weakKey), ("v=DKIM2; p=\(key)", .unusableKey(.version)),
      ("v=DKIM1; k=ed448; p=\(key)", .unusableKey(.kind)), ("v=DKIM1; k=rsa", .unusableKey(.malformed)),
      ("v=DKIM1; p=***", .unusableKey(.malformed)), ("v=DKIM1; p=AAAA", .unusableKey(.malformed)),
      ("v=DKIM1; h=sha1; p=\(key)", .unusableKey(.hash)), ("v=DKIM1; s=tlsrpt; p=\(key)", .unusableKey(.service)),
      ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", .unusableKey(.otherKind)),
      ("v=DKIM1; k=ed25519; p=AAAA", .unusableKey(.malformed)),
    ] as [(String, SignatureReport.SignatureCheck)])
  func `a key is used as its record says`(record: String, check: SignatureReport.SignatureCheck) throws {
    #expect(try outcome(record).signature == check)
  }

  @Test func `a short key is measured`() throws {
    #expect(try outcome("p=\(Self.shortKey)").keyBits == 512)
  }

  @Test func `a strict key is not for names below its domain`() throws {
    let example = StandardExamples.simple
    let keys = octets(String(decoding: example.keys, as: UTF8.self).replacing("p=", with: "t=s; p="))
    #expect(
      try reports(example.header, [example.body[...]], keys: keys).first?.signature == .unusableKey(.subdomain))
  }

  @Test func `another key verifies nothing`() throws {
    let other = String(decoding: StandardExamples.simple.keys, as: UTF8.self).split(separator: "p=").last ?? ""
    #expect(try outcome("p=\(other)").signature == .failed)
  }
}

@Suite struct KeyFileTests {
  @Test(
    arguments: [
      "S1._DomainKey.B.example v=DKIM1; p=\n", "s1._domainkey.b.example. p=",
      "# comment\n\n  s1._domainkey.b.example\tp=\r\n",
      "s1._domainkey.b.example. 3600 IN TXT \"v=DKIM1\\; \" \"p=\" ; comment\n",
      "s1._domainkey.b.example. IN TXT ( \"v=DKIM1; \"\n\t\"p=\" ) ; comment\nother._domainkey.b.example p=\n",
      "\u{feff}s1._domainkey.b.example p=\n", "s1._domainkey.b.example. 1h IN TXT \"p=\"\n",
      "s1._domainkey.b.example. IN 1W2d3h4M5s TXT \"p=\"\n",
      "$ORIGIN b.example.\n$TTL 3600\ns1._domainkey TXT \"p=\"\n",
    ])
  func `keys are read as they are written`(text: String) throws {
    let file = try KeyFile(octets(text))
    let report = try #require(try reports(octets("From: a\r\nDKIM-Signature: \(good)\r\n"), []).first)
    #expect(file.key(for: report) != nil)
  }

  @Test(
    arguments: [
      ("\n\nname\n", 3, .noText), ("b.example p=\n", 1, .noKeyName), ("_domainkey.b.example p=", 1, .noKeyName),
      ("s1._domainkey p=", 1, .noKeyName), ("#\ns1._domainkey.b TXT \"p=\n", 2, .openEnd),
      ("s1._domainkey.b TXT ( \"p=\"\n\n", 1, .openEnd), ("s1._domainkey.b TXT \"\\", 1, .openEnd),
    ] as [(String, Int, KeyFile.Fault.Reason)])
  func `what is no list of keys is told with its line`(text: String, line: Int, reason: KeyFile.Fault.Reason) {
    let fault = #expect(throws: KeyFile.Fault.self) { try KeyFile(octets(text)) }
    #expect(fault?.line == line && fault?.reason == reason)
  }
}
