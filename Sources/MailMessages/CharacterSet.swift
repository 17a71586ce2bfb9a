private import Glibc
import Wire

/// A character set that text is declared to be in.
///
/// Only names in the table below reach the C library: what a sender writes is never handed to it, and of its several
/// hundred converters only those that mail uses are loaded.
enum CharacterSet: Equatable {
  case utf8
  /// Converted by the C library, which calls it by this name.
  case converted(String)
  /// ASCII, whose other bytes mean nothing, or a name that is not known; UTF-7 among them, which hides one text in
  /// another.
  case unknown

  /// The character set of a MIME name (RFC 2978); case, punctuation, a year behind a colon and an `x-` do not matter.
  init(label: [UInt8]) {
    var key = label.prefix { $0 != UInt8(ascii: ":") }.map(lowercased)
    if key.starts(with: "x-".utf8) { key.removeFirst(2) }
    key.removeAll { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: " ") }
    guard let name = Self.names[String(repairing: key.span)] else {
      self = .unknown
      return
    }
    self = name == "UTF-8" ? .utf8 : .converted(name)
  }

  /// Appends ASCII as it is and U+FFFD for every other byte.
  static func appendASCII(of bytes: Span<UInt8>, to output: inout [UInt8]) {
    for offset in bytes.indices {
      if bytes[offset] < 0x80 {
        output.append(bytes[offset])
      } else {
        output.append(contentsOf: "\u{fffd}".utf8)
      }
    }
  }

  /// Names without punctuation and what the C library calls what their senders mean: clients write the name of a standard
  /// and send the larger set of the system they run on, as the WHATWG Encoding Standard records.
  private static let names: [String: String] = {
    var names = [
      "utf8": "UTF-8", "unicode11utf8": "UTF-8", "cp65001": "UTF-8", "utf16le": "UTF-16LE", "utf16be": "UTF-16BE",
      "utf16": "UTF-16",
      "unknown8bit": "UTF-8",  // RFC 1428: not declared, so read like bytes that are not
      "iso88591": "CP1252", "latin1": "CP1252", "l1": "CP1252", "cp819": "CP1252", "ibm819": "CP1252",
      "csisolatin1": "CP1252", "isoir100": "CP1252", "latin2": "ISO-8859-2", "l2": "ISO-8859-2",
      "csisolatin2": "ISO-8859-2", "isoir101": "ISO-8859-2", "csisolatin5": "CP1254", "isoir148": "CP1254",
      "csisolatincyrillic": "ISO-8859-5", "csisolatingreek": "ISO-8859-7", "csisolatinhebrew": "ISO-8859-8",
      "latin5": "CP1254", "latin9": "ISO-8859-15", "iso88599": "CP1254",
      "iso88598i": "ISO-8859-8", "iso88598e": "ISO-8859-8", "iso885911": "CP874", "tis620": "CP874",
      "windows874": "CP874", "cp874": "CP874", "koi8r": "KOI8-R", "cskoi8r": "KOI8-R", "koi8": "KOI8-R",
      "koi8u": "KOI8-U", "koi8ru": "KOI8-U", "macintosh": "MACINTOSH", "mac": "MACINTOSH",
      "macroman": "MACINTOSH", "csmacintosh": "MACINTOSH",
      "maccyrillic": "MAC-CYRILLIC",
      "gb2312": "GB18030", "gb231280": "GB18030", "gbk": "GB18030", "gb18030": "GB18030", "euccn": "GB18030",
      "cp936": "GB18030", "ms936": "GB18030", "windows936": "GB18030", "csgb2312": "GB18030", "chinese": "GB18030",
      "big5": "BIG5-HKSCS", "cnbig5": "BIG5-HKSCS", "csbig5": "BIG5-HKSCS", "big5hkscs": "BIG5-HKSCS",
      "cp950": "BIG5-HKSCS", "windows950": "BIG5-HKSCS", "euctw": "EUC-TW",
      "shiftjis": "CP932", "sjis": "CP932", "mskanji": "CP932", "csshiftjis": "CP932", "cp932": "CP932",
      "windows31j": "CP932", "cswindows31j": "CP932", "ms932": "CP932", "eucjp": "EUC-JP-MS",
      "iso2022jp": "ISO-2022-JP",
      "csiso2022jp": "ISO-2022-JP", "iso2022jp1": "ISO-2022-JP-2", "iso2022jp2": "ISO-2022-JP-2",
      "euckr": "CP949", "cseuckr": "CP949", "ksc56011987": "CP949", "ksc5601": "CP949", "ksc56011989": "CP949",
      "korean": "CP949", "cp949": "CP949", "windows949": "CP949", "uhc": "CP949", "iso2022kr": "ISO-2022-KR",
      "viscii": "VISCII",
    ]
    for part in [2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16] { names["iso8859\(part)"] = "ISO-8859-\(part)" }
    for page in 1250...1258 {
      names["windows\(page)"] = "CP\(page)"
      names["cp\(page)"] = "CP\(page)"
    }
    for page in [437, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869] {
      names["ibm\(page)"] = "CP\(page)"
      names["cp\(page)"] = "CP\(page)"
    }
    return names
  }()
}

/// A converter of the C library from one character set to UTF-8.
@safe final class CharacterConverter {
  private let descriptor: iconv_t
  /// Bytes that are stepped over where they are no character: half of one would put all that follow out of step.
  private let unit: Int

  /// The converter from `name`, an entry of the table above; nil when this system has not installed it.
  init?(from name: String) {
    guard let descriptor = unsafe iconv_open("UTF-8", name),
      unsafe descriptor != UnsafeMutableRawPointer(bitPattern: -1)  // how iconv_open says no
    else { return nil }
    unsafe self.descriptor = descriptor
    unit = name.hasPrefix("UTF-16") ? 2 : 1
  }

  deinit {
    // Opened in init, used nowhere after.
    unsafe _ = iconv_close(descriptor)
  }

  /// Appends a whole text as UTF-8, U+FFFD for what the character set does not hold. After `failures` of those the
  /// character set is taken to be wrong, and the rest keeps its ASCII.
  func append(_ bytes: [UInt8], to output: inout [UInt8], failures: Int) {
    unsafe _ = iconv(descriptor, nil, nil, nil, nil)  // back to the initial shift state
    var left = failures
    let taken = append(bytes.span, to: &output, failuresLeft: &left)
    if taken < bytes.count { output.append(contentsOf: "\u{fffd}".utf8) }
    flush(to: &output)
  }

  /// The same for a piece of a text, in the shift state that the one before it left. Gives how many bytes were taken: the
  /// begin of a character, at the end, was not.
  func append(_ bytes: Span<UInt8>, to output: inout [UInt8], failuresLeft: inout Int) -> Int {
    var done = 0
    while done < bytes.count {
      let (taken, reason) = convert(bytes, from: done, to: &output)
      done += taken
      guard done < bytes.count, reason != EINVAL else { break }
      if reason == E2BIG, taken > 0 { continue }
      output.append(contentsOf: "\u{fffd}".utf8)
      done = min(done + unit, bytes.count)
      failuresLeft -= 1
      if failuresLeft <= 0 {
        CharacterSet.appendASCII(of: bytes.extracting(done..<bytes.count), to: &output)
        return bytes.count
      }
    }
    return done
  }

  /// Room for one call's output: enough for any character, and little enough to be had again after each failure.
  private static let room = 4096

  /// One call: how many bytes it took, and the number of the error that ended it, 0 without one.
  private func convert(_ bytes: Span<UInt8>, from start: Int, to output: inout [UInt8]) -> (taken: Int, reason: Int32) {
    var left = bytes.count - start
    var reason: Int32 = 0
    // Input and output live for the call; `left` and `free` say how long they are, and iconv writes no further. It does
    // not write to its input, whatever its signature says.
    let converted = unsafe [UInt8](unsafeUninitializedCapacity: Self.room) { buffer, count in
      var free = buffer.count
      unsafe bytes.withUnsafeBytes { input in
        unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
          var source = unsafe UnsafeMutableRawPointer(mutating: input.baseAddress)?
            .assumingMemoryBound(to: CChar.self).advanced(by: start)
          var target = characters.baseAddress
          if unsafe iconv(descriptor, &source, &left, &target, &free) == -1 { reason = errno }
        }
      }
      count = buffer.count - free
    }
    output += converted
    return (bytes.count - start - left, reason)
  }

  /// Appends what the converter held back: some wait for a mark that may follow a letter.
  func flush(to output: inout [UInt8]) {
    // As above; without input iconv writes what it holds, a character or two.
    unsafe output += [UInt8](unsafeUninitializedCapacity: Self.room) { buffer, count in
      var free = buffer.count
      unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
        var target = characters.baseAddress
        unsafe _ = iconv(descriptor, nil, nil, &target, &free)
      }
      count = buffer.count - free
    }
  }
}
