internal import Foundation
package import TestSupport
internal import Wire

/// A capture in which each of some strings stands wherever a stranger's text may stand.
package struct HostileCapture {
  package let frames: [Conversation.Frame]
  /// Of these sessions: a mail that is taken, a server that wants none, a STARTTLS.
  package let sessions: Int

  package init(_ strings: [[UInt8]]) {
    var frames: [Conversation.Frame] = []
    for (number, string) in strings.enumerated() {
      let start = CaptureTime(nanoseconds: 1_795_166_042_000_000_000 + Int64(number) * 60_000_000_000)
      let client = Endpoint(
        address: IPAddress(ipv4: 0x0a00_0001 | UInt32(truncatingIfNeeded: number) << 8), port: 40_000)
      let resolver = Endpoint(address: IPAddress(ipv4: 0x0a0a_0035), port: 53)
      frames.append(
        Conversation.Frame(
          bytes: PacketBuilder(bytes: Self.name(string, of: client.address)).udp(
            from: resolver, to: Endpoint(address: client.address, port: 5353)
          ).ethernet().bytes, time: start))
      for (index, script) in [Self.mail(string), Self.refusal(string), Self.encrypted(string)].enumerated() {
        var conversation = Conversation(script)
        conversation.client = Endpoint(address: client.address, port: client.port + UInt16(index))
        conversation.start = start.advanced(byNanoseconds: Int64(index + 1) * 10_000_000_000)
        frames += conversation.frames
      }
    }
    self.frames = frames
    sessions = 3 * strings.count
  }

  /// As a file.
  package var data: [UInt8] {
    var capture = PcapBuilder()
    for frame in frames { capture.add(frame.bytes, at: frame.time.nanoseconds) }
    return capture.bytes
  }

  // MARK: Dialogues

  /// As a script has bytes that do not end its line.
  private static func text(_ bytes: [UInt8]) -> String { String(bytes.script.dropLast()) }

  /// What may stand in a line: without what ends one, which in clear would be a line of its own.
  private static func inLine(_ bytes: [UInt8]) -> String { text(bytes.filter { $0 != 13 && $0 != 10 }) }

  private static func percent(_ bytes: [UInt8]) -> String {
    bytes.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func mail(_ bytes: [UInt8]) -> String {
    let line = inLine(bytes)
    let encoded = Data(bytes).base64EncodedString()
    let login = Data([0] + bytes.filter { $0 != 0 } + [0] + Array("secret".utf8)).base64EncodedString()
    // Of one that is too long there are no parts, and blanks at its end are not of it.
    let boundary = inLine(bytes.filter { $0 != 0x22 && $0 != 0x5c }.prefix(50) + [0x65])
    return """
      S: 220-mx.example \(line)
      S: 220 \(line)
      C: EHLO \(line)
      S: 250-mx.example \(line)
      S: 250-X\(line)
      S: 250 AUTH PLAIN
      C: X\(line)
      S: 502 5.5.1 \(line)
      C: AUTH PLAIN \(login)
      S: 235 2.7.0 \(line)
      C: MAIL FROM:<\(line)@a.example> X=\(line)
      S: 250 2.1.0 \(line)
      C: RCPT TO:<\(line)@b.example> \(line)
      S: 250 2.1.5 \(line)
      C: RCPT TO:<\(line)>
      S: 550 5.1.1 \(line)
      C: DATA
      S: 354 \(line)
      C: Received: from \(line) (\(line)) by \(line) with \(line) id \(line) for <\(line)>; Thu, 26 Nov 2026 12:00:00 +0000
      C: From: \(line) <\(line)@a.example>
      C: To: \(line)
      C: Cc: =?utf-8?b?\(encoded)?= <x@example>
      C: Subject: =?utf-8?b?\(encoded)?=
      C: Message-ID: <\(line)@a.example>
      C: Date: \(line)
      C: X-Mailer: \(line)
      C: DKIM-Signature: v=1; a=\(line); d=\(line); s=\(line); bh=x; b=y; h=from
      C: MIME-Version: 1.0
      C: Content-Type: multipart/mixed; boundary="b\(boundary)"
      C:
      C: --b\(boundary)
      C: Content-Type: text/plain; name="n\(line)"
      C:
      C: From \(line)
      C: >From \(line)
      C: http://\(line).example/\(line)
      C: --b\(boundary)
      C: Content-Type: application/\(line); name*=utf-8''\(percent(bytes))
      C: Content-Disposition: attachment; filename*=utf-8''\(percent(bytes))
      C:
      C: one
      C: --b\(boundary)
      C: Content-Type: application/octet-stream
      C: Content-Disposition: attachment; filename="=?utf-8?b?\(encoded)?="
      C:
      C: two
      C: --b\(boundary)--
      C: .
      S: 250 2.0.0 \(line)
      C: QUIT
      S: 221 2.0.0 \(line)

      """
  }

  private static func refusal(_ bytes: [UInt8]) -> String {
    let line = inLine(bytes)
    return """
      S: 220 mx.example
      C: HELO \(line)
      S: 250 \(line)
      C: MAIL FROM:<\(line)>
      S: 250 ok
      C: RCPT TO:<\(line)@c.example>
      S: 554 5.7.1 \(line)
      C: QUIT
      S: 221 \(line)

      """
  }

  private static func encrypted(_ bytes: [UInt8]) -> String {
    let name = String(decoding: bytes.prefix(250), as: UTF8.self)
    var hello = TLSBuilder.ClientHello()
    hello.extensions = [TLSBuilder.serverName(name), TLSBuilder.protocols([String(name.prefix(60))])]
    var certificate = CertificateBuilder()
    certificate.subject = name
    certificate.issuer = name
    certificate.dnsNames = [name, "mx.example"]
    let answer = TLSBuilder.handshake(
      TLSBuilder.ServerHello().bytes, TLSBuilder.certificates([certificate.der]), TLSBuilder.serverHelloDone)
    return """
      S: 220 mx.example
      C: EHLO c.example
      S: 250-mx.example
      S: 250 STARTTLS
      C: STARTTLS
      S: 220 go on
      C: \(TLSBuilder.handshake(hello.bytes).script)
      S: \(answer.script)
      C: \((TLSBuilder.handshake(TLSBuilder.clientKeyExchange) + TLSBuilder.changeCipherSpec + TLSBuilder.finished).script)
      S: \((TLSBuilder.changeCipherSpec + TLSBuilder.finished).script)
      C: \(TLSBuilder.data(60).script)
      S: \(TLSBuilder.data(60).script)

      """
  }

  /// A name server's answer that an address has such a name.
  private static func name(_ bytes: [UInt8], of address: IPAddress) -> [UInt8] {
    let question = NameServer.query(NameServer.reversed(address), .ptr)
    let label = bytes.isEmpty ? [UInt8(ascii: "x")] : Array(bytes.prefix(60))
    let name = [UInt8(label.count)] + label + [7] + Array("example".utf8) + [0]
    var message = question
    message.replaceSubrange(2..<4, with: [0x81, 0x80])
    message.replaceSubrange(6..<8, with: [0, 1])
    return message + [0xc0, 12, 0, 12, 0, 1, 0, 0, 14, 16] + UInt16(name.count).octets + name
  }
}
