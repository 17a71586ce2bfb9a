import Crypto
import MailMessages
import SMTPAnalysis
import TCPStreams
import Wire

// What the formats of other programs ask for and our records do not have as such.

extension Session {
  /// The findings of a transaction and those of the session itself; without a transaction all of them.
  func findings(about transaction: Transaction?) -> [Finding] {
    guard let transaction else { return findings }
    return findings.filter { $0.transaction == nil || $0.transaction == transaction.id }
  }

  /// The name that the client logged in with last.
  var acceptedUser: [UInt8]? {
    authentications.last { $0.outcome == .accepted }?.username
  }

  /// Whether the connection turned to TLS, or was TLS from its beginning; nil where it asked for it and nobody knows.
  var turnedToTLS: Bool? {
    switch tls?.outcome {
    case nil, .refused: false
    case .established, .failed: true
    case .unknown: tls?.method == .implicit || tls?.details?.isActive == true ? true : nil
    }
  }

  /// The last reply that says something of a session without a mail.
  var lastReply: ReplyRecord? { quitReply ?? tls?.reply ?? greeting?.reply }
}

extension Transaction {
  /// The last reply to any of its commands.
  var lastReply: ReplyRecord? {
    endReply ?? dataReply ?? recipients.last { $0.reply != nil }?.reply ?? mailReply
  }

  /// Recipients whose RCPT the server took, or did not answer: the envelope as it went on.
  var takenRecipients: [Recipient] { recipients.filter { ($0.reply?.code ?? 0) < 400 } }

  /// Recipients whose RCPT the server refused or put off.
  var refusedRecipients: [Recipient] { recipients.filter { ($0.reply?.code ?? 0) >= 400 } }
}

extension ReplyRecord {
  /// Its last line as it was sent.
  var lastLine: [UInt8] {
    let code = Array(String(code).utf8)
    guard let line = lines.last, !line.isEmpty else { return code }
    return code + [0x20] + line
  }

  /// The text of all lines with a space between them.
  var textInOneLine: [UInt8] { [UInt8](lines.joined(separator: [0x20])) }
}

/// Numbers and names by which other programs' logs tell connections apart, made of what a connection is: the same
/// connection has the same ones in every run, in whatever capture it stands.
struct FlowIdentity {
  /// As Zeek writes them: `C` and seventeen letters or digits.
  let uid: [UInt8]
  /// As Suricata counts them, below 2^51 so that every JSON reader keeps it whole.
  let flowID: Int

  init(_ connection: ConnectionFacts) {
    var hash = SHA256()
    for end in [connection.client, connection.server] {
      hash.update(end.address.high, end.address.low, UInt64(end.port))
    }
    hash.update(UInt64(bitPattern: connection.firstFrame.time.nanoseconds))
    let words = Self.words(hash)
    uid = [UInt8(ascii: "C")] + Self.letters(words[0], words[1])
    flowID = Int(words[2] & (1 << 51 - 1))
  }

  /// The name of a file in the connection: `F` and seventeen letters or digits.
  func fuid(transaction: Int, part: String) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: uid)
    hash.update(UInt64(truncatingIfNeeded: transaction))
    hash.update(data: Array(part.utf8))
    let words = Self.words(hash)
    return [UInt8(ascii: "F")] + Self.letters(words[0], words[1])
  }

  private static func words(_ hash: SHA256) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: 4)
    for (index, byte) in hash.finalize().enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
    return words
  }

  /// Eleven digits to the base 62 of the first number and six of the second.
  private static func letters(_ first: UInt64, _ second: UInt64) -> [UInt8] {
    var letters: [UInt8] = []
    for (number, digits) in [(first, 11), (second, 6)] {
      var rest = number
      for _ in 0..<digits {
        let digit = UInt8(truncatingIfNeeded: rest % 62)
        rest /= 62
        switch digit {
        case 0..<10: letters.append(UInt8(ascii: "0") + digit)
        case 10..<36: letters.append(UInt8(ascii: "A") + digit - 10)
        default: letters.append(UInt8(ascii: "a") + digit - 36)
        }
      }
    }
    return letters
  }
}

extension SHA256 {
  fileprivate mutating func update(_ numbers: UInt64...) {
    var bytes: [UInt8] = []
    for number in numbers {
      for shift: UInt64 in [56, 48, 40, 32, 24, 16, 8, 0] {
        bytes.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    update(data: bytes)
  }
}
