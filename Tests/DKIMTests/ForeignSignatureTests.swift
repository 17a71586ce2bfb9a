import Crypto
import CryptoExtras
import DKIM
import Foundation
import Testing

/// Messages signed by dkimpy, which `.ci/run` installs below `.build`.
@Suite(.enabled(if: Signer.python != nil, "dkimpy is not installed: pip install dkimpy pynacl"))
struct ForeignSignatureTests {
  private static let fields = """
    From: =?utf-8?q?J=C3=B6rg?= <joerg@signer.example>\r
    To: a@b.example,\r
    \t c@d.example  \r
    Subject:   folded \r
      and   spaced\t \r
    Date: Thu, 26 Nov 2026 10:00:00 +0000\r
    MIME-Version: 1.0\r
    Message-ID:<1@signer.example>\r
    \r

    """

  private static let bodies = [
    "", "\r\n", "one line\r\n", "no end", "  leading\tand trailing \t\r\n \r\nx  y\r\n\r\n\r\n",
    String(repeating: "The quick  brown fox\t\r\n", count: 400) + "\r\n \r\n", ".\r\n..\r\nFrom here\r\n",
  ]

  @Test func `what dkimpy signed is verified, and one changed bit is noticed`() throws {
    let signer = try Signer()
    for (number, body) in Self.bodies.enumerated() { try signer.write(Self.fields + body, as: "\(number).txt") }
    let messages = try signer.sign()
    #expect(messages.count == Self.bodies.count * 16)
    for (name, message) in messages {
      let end = try #require(message.firstRange(of: octets("\r\n\r\n")))
      let header = Array(message[..<(end.lowerBound + 2)])
      let body = message[end.upperBound...]
      let cut = body.startIndex + body.count / 3
      let whole = try #require(try reports(header, [body[..<cut], body[cut...]], keys: signer.keys).first)
      #expect(whole.signature == .verified && whole.body == .matches && whole.provesWholeBody, "\(name)")
      #expect(name.hasSuffix("part.eml") == (whole.bodyLength != nil), "\(name)")

      let places = body.indices.filter { body[$0] > 0x20 }
      for place in Set([places.first, places.randomElement(), places.last].compactMap(\.self)) {
        var changed = Array(body)
        changed[place - body.startIndex] ^= 1
        let report = try #require(try reports(header, [changed[...]], keys: signer.keys).first)
        #expect(report.signature == .verified && report.body == .altered, "\(name), octet \(place)")
      }
      var changed = header
      let subject = try #require(changed.firstRange(of: octets("folded")))
      changed[subject.lowerBound] ^= 1
      #expect(try reports(changed, [body], keys: signer.keys).first?.signature == .failed, "\(name)")
      // Behind `l=` anybody may add what he likes.
      let longer = try #require(try reports(header, [body, octets("\r\nmore\r\n")[...]], keys: signer.keys).first)
      #expect((longer.body == .matches) == (whole.bodyLength != nil), "\(name)")
      #expect((longer.unsignedOctets ?? 0 > 0) == (whole.bodyLength != nil), "\(name)")
    }
  }
}

/// A folder with keys, and the script that signs what is in it.
private final class Signer {
  /// The first interpreter that has dkimpy.
  static let python: String? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folders =
      [root.appending(path: ".build/dkimpy/bin").path]
      + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return folders.map { "\($0)/python3" }.first {
      FileManager.default.isExecutableFile(atPath: $0) && (try? run($0, [])) == 0
    }
  }()

  private static func run(_ python: String, _ arguments: [String]) throws -> Int32 {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "dkim_sign.py")
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["-B", script.path] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private let folder = FileManager.default.temporaryDirectory.appending(path: "smtpscope-dkim-\(UUID().uuidString)")
  /// The public keys, as a file of keys has them.
  let keys: [UInt8]

  init() throws {
    let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let edwards = Curve25519.Signing.PrivateKey()
    keys = octets(
      """
      rsa._domainkey.signer.example v=DKIM1; k=rsa; p=\(rsa.publicKey.derRepresentation.base64EncodedString())
      ed._domainkey.signer.example v=DKIM1; k=ed25519; p=\(edwards.publicKey.rawRepresentation.base64EncodedString())
      """)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write(rsa.pemRepresentation, as: "rsa.pem")
    try write(edwards.rawRepresentation.base64EncodedString(), as: "ed25519.key")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ text: String, as name: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  /// The signed messages by their names.
  func sign() throws -> [(String, [UInt8])] {
    #expect(try Self.run(try #require(Self.python), [folder.path]) == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".eml") }
    return try names.sorted().map { ($0, Array(try Data(contentsOf: folder.appending(path: $0)))) }
  }
}
