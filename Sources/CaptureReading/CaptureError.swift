private import Glibc
private import Wire

/// Why an input could not be read to its end, and where.
public struct CaptureError: Error, Hashable, Sendable {
  /// The input as it was named on the command line; `archive.zip:member` inside an archive; "" for the filter.
  public var file: String
  /// The offset in the capture (after decompression) at which the packet or block begins that could not be read.
  public var offset: Int?
  /// What was wrong there.
  public var reason: Reason

  /// Made of the input as it was named, the offset in bytes where there is one, and what went wrong there.
  public init(file: String, offset: Int?, reason: Reason) {
    self.file = file
    self.offset = offset
    self.reason = reason
  }

  /// What was wrong with the input. Lengths are in bytes, and packets count from 1.
  public enum Reason: Error, Hashable, Sendable {
    /// The system does not let it be read, in its words.
    case unreadable(String)
    case isDirectory
    case empty
    /// The first bytes are of no known kind.
    case notACapture(firstBytes: [UInt8])
    /// An archive of so many members, none of them a capture.
    case noCaptureInside(members: Int)
    /// The file ends inside its own header.
    case headerCutShort(left: Int)
    /// The file ends inside a packet's record or block.
    case cutShort(packet: Int, announced: Int, left: Int)
    /// The file ends inside a pcapng block that is no packet.
    case blockCutShort(announced: Int, left: Int)
    /// A record's length is more than any packet has.
    case impossibleLength(packet: Int, announced: Int)
    /// A pcapng block's length contradicts itself, its content or the limit.
    case impossibleBlockLength(announced: Int)
    /// A packet block names an interface that its section does not describe.
    case unknownInterface(packet: Int, interface: Int, known: Int)
    /// A pcapng section describes more interfaces than the limit allows.
    case tooManyInterfaces(limit: Int)
    /// A pcapng section of an unknown version or byte order.
    case unknownSection
    /// Compressed data is damaged, or ends early (`isCut`), in libarchive's words; `packet` is the one that could not be
    /// had.
    case damaged(packet: Int, isCut: Bool, String)
    /// An archive is damaged between its members, or ends early (`isCut`), in libarchive's words.
    case archiveDamaged(isCut: Bool, String)
    /// The file is not what it was when it was looked at before.
    case changed
    /// libpcap does not read the file, in its words.
    case refused(String)
    /// The filter's text and libpcap's words.
    case badFilter(String, String)
  }

  /// Whether the input ended before its own lengths said so.
  public var isTruncation: Bool {
    switch reason {
    case .headerCutShort, .cutShort, .blockCutShort: true
    case .damaged(_, let isCut, _), .archiveDamaged(let isCut, _): isCut
    default: false
    }
  }
}

extension CaptureError: CustomStringConvertible {
  /// One line: the file, what is wrong and where, and what was done about it. Fit for a terminal whatever the file holds.
  public var description: String {
    switch reason {
    case .badFilter(let filter, let words):
      return
        "the filter \"\(visible(filter))\" is wrong: \(visible(words)). Write it as for tcpdump: \"tcp port 25 and host 192.0.2.7\"; man pcap-filter tells more."
    default:
      let hint = hint.map { " \($0)" } ?? ""
      return "\(file == "-" ? "standard input" : visible(file)): \(sentence)\(hint)"
    }
  }

  private var sentence: String {
    let place = offset.map { " (offset \(grouped($0)))" } ?? ""
    switch reason {
    case .unreadable(let words):
      return "cannot be read: \(words)."
    case .isDirectory:
      return "is a directory."
    case .empty:
      return "is empty."
    case .notACapture(let firstBytes):
      return "not a capture (begins with \"\(visible(firstBytes))\");"
    case .noCaptureInside(let members):
      return "an archive without a capture (\(grouped(members)) member\(members == 1 ? "" : "s"));"
    case .headerCutShort(let left):
      return "cut short in its file header: \(grouped(left)) bytes."
    case .cutShort(let packet, let announced, let left):
      return
        "cut short in packet \(grouped(packet))\(place): \(grouped(announced)) bytes announced, \(grouped(left)) left."
    case .blockCutShort(let announced, let left):
      return "cut short in a block\(place): \(grouped(announced)) bytes announced, \(grouped(left)) left."
    case .impossibleLength(let packet, let announced):
      return "damaged at packet \(grouped(packet))\(place): its length of \(grouped(announced)) bytes cannot be."
    case .impossibleBlockLength(let announced):
      return "damaged\(place): a block's length of \(grouped(announced)) bytes cannot be."
    case .unknownInterface(let packet, let interface, let known):
      return
        "damaged at packet \(grouped(packet))\(place): it came from interface \(grouped(interface)) and \(grouped(known)) are described."
    case .tooManyInterfaces(let limit):
      return "more than \(grouped(limit)) interfaces are described\(place)."
    case .unknownSection:
      return "a section of an unknown version begins\(place)."
    case .damaged(let packet, let isCut, let words):
      let what = isCut ? "ends early in" : "is damaged at"
      return "the compressed data \(what) packet \(grouped(packet))\(place): \(visible(words))."
    case .archiveDamaged(let isCut, let words):
      return "the archive \(isCut ? "ends early" : "is damaged"): \(visible(words))."
    case .changed:
      return "changed while it was read."
    case .refused(let words):
      return "libpcap does not read it: \(visible(words))."
    case .badFilter(_, let words):
      return visible(words)
    }
  }

  /// What to do about it, or what was done; nil when there is nothing to add.
  public var hint: String? {
    switch reason {
    case .notACapture, .noCaptureInside:
      "pcap and pcapng are read, also inside gzip, zstd, lz4, xz, bzip2, zip, tar."
    case .isDirectory: "Name the captures in it."
    case .cutShort, .blockCutShort, .impossibleLength, .impossibleBlockLength, .unknownInterface, .tooManyInterfaces,
      .unknownSection, .damaged, .archiveDamaged:
      "What came before is reported."
    case .unreadable(systemErrorText(EACCES)), .unreadable(systemErrorText(EPERM)):
      "Who may read it can hand it over: sudo cat FILE | smtpscope -"
    case .empty: "Nothing was captured yet, or it was not written out yet (tcpdump -U does at once)."
    case .headerCutShort: "Nothing can be had from it."
    case .unreadable, .changed, .refused, .badFilter: nil
    }
  }
}

/// A number with its digits in threes.
private func grouped(_ number: Int) -> String {
  var text = ""
  for (index, digit) in String(number).reversed().enumerated() {
    if index > 0, index % 3 == 0 { text.append(" ") }
    text.append(digit)
  }
  return String(text.reversed())
}

/// Text that cannot move a cursor; libpcap's and libarchive's words hold what stands in the file.
private func visible(_ text: String) -> String {
  var shown: [UInt8] = []
  VisibleText.append(text.utf8.span, to: &shown, doublesBackslash: false)
  return String(decoding: shown, as: UTF8.self)
}

/// Bytes of no known kind, those that are not printable ASCII as `\x00`.
private func visible(_ bytes: [UInt8]) -> String {
  var text = ""
  for byte in bytes {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(Unicode.Scalar(byte))
    case 0x0a: text += "\\n"
    case 0x0d: text += "\\r"
    case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
    default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
  return text
}
