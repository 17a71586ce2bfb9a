internal import Crypto
internal import Reports

/// The page: one document with its style and its script inside, and nothing from anywhere else.
struct PageDocument: Sendable {
  let html: [UInt8]
  /// What a browser may do with it (Content Security Policy): run this script, apply this style, ask this server.
  let policy: String

  /// The one that the sources hold.
  static let embedded = PageDocument(
    html: PackageResources.page_html, style: PackageResources.page_css, script: PackageResources.page_js)

  init(html: [UInt8], style: [UInt8], script: [UInt8]) {
    self.html = html.replacing(Array("/* style */".utf8), with: style).replacing(
      Array("/* script */".utf8), with: script)
    let directives = [
      "default-src 'none'", "script-src '\(PageDocument.digest(of: script))'",
      "style-src '\(PageDocument.digest(of: style))'", "connect-src 'self'", "img-src data:", "base-uri 'none'",
      "form-action 'none'", "frame-ancestors 'none'",
    ]
    policy = directives.joined(separator: "; ")
  }

  private static func digest(of text: [UInt8]) -> String {
    var output = OutputBuffer()
    output.append("sha256-")
    output.appendBase64(Array(SHA256.hash(data: text)).span)
    return String(decoding: output.take(), as: UTF8.self)
  }
}
