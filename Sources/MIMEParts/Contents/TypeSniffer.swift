internal import Wire

/// Tells the type of a file by its first bytes, whatever its sender called it.
enum TypeSniffer {
  /// Bytes that are looked at: the mark of tar stands at 257.
  static let headBytes = 512

  static func type(of head: Span<UInt8>) -> String? {
    for signature in Signature.all where matches(signature, head) { return signature.refined(head) }
    return text(head)
  }

  private static func matches(_ signature: Signature, _ head: Span<UInt8>) -> Bool {
    guard head.count - signature.offset >= signature.bytes.count else { return false }
    for (index, byte) in signature.bytes.enumerated() where head[signature.offset + index] != byte { return false }
    return true
  }

  /// Text that says what it is; nil for any other, for that text is text is worth nothing.
  private static func text(_ head: Span<UInt8>) -> String? {
    var start = head.hasBytes("\u{feff}") ? 3 : 0
    while start < head.count, head[start] <= 0x20, head[start] != 0 { start += 1 }
    let text = head.extracting(start..<head.count)
    if text.hasBytes("<?xml") { return text.holds("<svg") ? "image/svg+xml" : "application/xml" }
    if text.hasBytes("<svg") { return "image/svg+xml" }
    if text.hasBytesIgnoringCase("<!doctype html") || text.hasBytesIgnoringCase("<html") { return "text/html" }
    if text.hasBytesIgnoringCase("<script") { return "text/html" }
    if text.hasBytes("#!/") { return "text/x-shellscript" }
    if text.hasBytes("BEGIN:VCALENDAR") { return "text/calendar" }
    if text.hasBytesIgnoringCase("BEGIN:VCARD") { return "text/vcard" }
    if text.hasBytes("-----BEGIN PGP SIGNATURE") { return "application/pgp-signature" }
    if text.hasBytes("-----BEGIN PGP MESSAGE") { return "application/pgp-encrypted" }
    if text.hasBytes("-----BEGIN PGP PUBLIC KEY") { return "application/pgp-keys" }
    if text.hasBytes("-----BEGIN CERTIFICATE") { return "application/x-pem-file" }
    if text.hasBytesIgnoringCase("@echo off") { return "application/x-bat" }
    return nil
  }
}

/// Bytes at a fixed place that a type of file begins with.
private struct Signature {
  var type: String
  var offset = 0
  var bytes: [UInt8]

  init(_ type: String, _ bytes: [UInt8], at offset: Int = 0) {
    self.type = type
    self.bytes = bytes
    self.offset = offset
  }

  init(_ type: String, _ text: String, at offset: Int = 0) {
    self.init(type, Array(text.utf8), at: offset)
  }

  /// Longer marks stand before those that begin like them.
  static let all: [Signature] = [
    Signature("application/pdf", "%PDF-"),
    Signature("application/postscript", "%!PS"),
    Signature("application/zip", [0x50, 0x4b, 0x03, 0x04]),
    Signature("application/zip", [0x50, 0x4b, 0x05, 0x06]),
    Signature("application/zip", [0x50, 0x4b, 0x07, 0x08]),
    Signature("application/x-ole-storage", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    Signature("application/rtf", "{\\rt"),
    Signature("application/ms-tnef", [0x78, 0x9f, 0x3e, 0x22]),
    Signature("application/onenote", [0xe4, 0x52, 0x5c, 0x7b, 0x8c, 0xd8, 0xa7, 0x4d]),
    Signature("application/x-ms-shortcut", [0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0]),
    Signature("application/vnd.ms-htmlhelp", "ITSF"),
    Signature("application/vnd.microsoft.portable-executable", "MZ"),
    Signature("application/x-elf", [0x7f, 0x45, 0x4c, 0x46]),
    Signature("application/x-mach-binary", [0xcf, 0xfa, 0xed, 0xfe]),
    Signature("application/x-mach-binary", [0xce, 0xfa, 0xed, 0xfe]),
    Signature("application/java-vm", [0xca, 0xfe, 0xba, 0xbe]),
    Signature("application/wasm", [0x00, 0x61, 0x73, 0x6d]),
    Signature("application/gzip", [0x1f, 0x8b]),
    Signature("application/x-bzip2", "BZh"),
    Signature("application/x-xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
    Signature("application/zstd", [0x28, 0xb5, 0x2f, 0xfd]),
    Signature("application/x-lz4", [0x04, 0x22, 0x4d, 0x18]),
    Signature("application/x-7z-compressed", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
    Signature("application/vnd.rar", "Rar!\u{1a}\u{07}"),
    Signature("application/vnd.ms-cab-compressed", "MSCF"),
    Signature("application/x-ace", "**ACE**", at: 7),
    Signature("application/x-arj", [0x60, 0xea]),
    Signature("application/x-tar", "ustar", at: 257),
    Signature("application/x-sqlite3", "SQLite format 3\u{00}"),
    Signature("image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    Signature("image/jpeg", [0xff, 0xd8, 0xff]),
    Signature("image/gif", "GIF87a"),
    Signature("image/gif", "GIF89a"),
    Signature("image/tiff", [0x49, 0x49, 0x2a, 0x00]),
    Signature("image/tiff", [0x4d, 0x4d, 0x00, 0x2a]),
    Signature("image/x-icon", [0x00, 0x00, 0x01, 0x00]),
    Signature("image/vnd.adobe.photoshop", "8BPS"),
    Signature("image/wmf", [0xd7, 0xcd, 0xc6, 0x9a]),
    Signature("image/emf", " EMF", at: 40),
    Signature("image/bmp", "BM"),
    Signature("audio/x-riff", "RIFF"),
    Signature("video/mp4", "ftyp", at: 4),
    Signature("audio/mpeg", "ID3"),
    Signature("audio/mpeg", [0xff, 0xfb]),
    Signature("audio/ogg", "OggS"),
    Signature("audio/flac", "fLaC"),
    Signature("audio/midi", "MThd"),
    Signature("video/x-matroska", [0x1a, 0x45, 0xdf, 0xa3]),
    Signature("video/x-ms-asf", [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11]),
    Signature("font/woff", "wOFF"),
    Signature("font/woff2", "wOF2"),
    Signature("application/vnd.tcpdump.pcap", [0xd4, 0xc3, 0xb2, 0xa1]),
  ]

  /// The type, told more exactly by what stands behind the mark; nil where that shows that it is none.
  func refined(_ head: Span<UInt8>) -> String? {
    switch type {
    case "application/zip": zipped(head)
    case "audio/x-riff": riff(head)
    case "video/mp4": boxed(head)
    case "image/bmp":
      // Two letters prove little: bytes that are reserved are zero.
      head.count >= 10 && head[6] | head[7] | head[8] | head[9] == 0 ? type : nil
    case "application/vnd.microsoft.portable-executable": head.count >= 64 || head.count == 2 ? type : nil
    case "application/x-arj": head.count >= 11 && head[10] <= 2 ? type : nil
    case "application/java-vm": head.count >= 8 && head[6] == 0 && head[7] >= 45 ? type : "application/x-mach-binary"
    default: type
    }
  }

  /// What a zip file holds first tells the formats that are zip files.
  private func zipped(_ head: Span<UInt8>) -> String {
    if head.holds("mimetypeapplication/epub+zip") { return "application/epub+zip" }
    if head.holds("mimetypeapplication/vnd.oasis.opendocument.text") {
      return "application/vnd.oasis.opendocument.text"
    }
    if head.holds("mimetypeapplication/vnd.oasis.opendocument.spreadsheet") {
      return "application/vnd.oasis.opendocument.spreadsheet"
    }
    if head.holds("mimetypeapplication/vnd.oasis.opendocument") { return "application/vnd.oasis.opendocument" }
    if head.holds("[Content_Types].xml") || head.holds("_rels/.rels") {
      if head.holds("word/") { return "application/vnd.openxmlformats-officedocument.wordprocessingml.document" }
      if head.holds("xl/") { return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }
      if head.holds("ppt/") { return "application/vnd.openxmlformats-officedocument.presentationml.presentation" }
      return "application/vnd.openxmlformats-officedocument"
    }
    if head.holds("META-INF/") { return "application/java-archive" }
    return type
  }

  private func riff(_ head: Span<UInt8>) -> String? {
    guard head.count >= 12 else { return nil }
    let form = head.extracting(8..<12)
    if form.hasBytes("WAVE") { return "audio/wav" }
    if form.hasBytes("AVI ") { return "video/x-msvideo" }
    if form.hasBytes("WEBP") { return "image/webp" }
    return nil
  }

  private func boxed(_ head: Span<UInt8>) -> String? {
    guard head.count >= 12, head[0] == 0, head[1] == 0 else { return nil }
    let brand = head.extracting(8..<12)
    if brand.hasBytes("heic") || brand.hasBytes("heix") || brand.hasBytes("mif1") { return "image/heic" }
    if brand.hasBytes("avif") { return "image/avif" }
    if brand.hasBytes("qt  ") { return "video/quicktime" }
    if brand.hasBytes("M4A ") { return "audio/mp4" }
    return type
  }
}
