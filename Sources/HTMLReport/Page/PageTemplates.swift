internal import Crypto
internal import Mustache
internal import Reports

/// The templates, which the sources hold, and the style and the script that stand in the page.
struct PageTemplates: Sendable {
  private let library: MustacheLibrary
  let style: String
  let script: String
  /// What a browser may do with the page (Content Security Policy): apply this style, run this script, nothing else.
  let policy: String
  /// Templates that the engine does not read: none, as a test holds. They are the program's own; one that was spoilt leaves its
  /// part of the page empty, whatever the capture holds.
  let unread: [String]

  static let embedded = PageTemplates()

  private init() {
    // The engine knows ways to escape by their names.
    MustacheContentTypes.register(InertText(), named: PageTemplates.contentType)
    let sources = [
      "page-top": PackageResources.page_top_mustache, "page-middle": PackageResources.page_middle_mustache,
      "page-bottom": PackageResources.page_bottom_mustache, "headline": PackageResources.headline_mustache,
      "row": PackageResources.row_mustache,
      "session": PackageResources.session_mustache, "body": PackageResources.body_mustache,
      "mail": PackageResources.mail_mustache, "step": PackageResources.step_mustache,
      "finding": PackageResources.finding_mustache,
    ]
    var library = MustacheLibrary()
    var unread: [String] = []
    for (name, source) in sources {
      // Each begins with the way to escape: a template that is included begins with the engine's own.
      let text = "{{% CONTENT_TYPE: \(PageTemplates.contentType)}}" + String(decoding: source, as: UTF8.self)
      do {
        try library.register(text, named: name)
      } catch {
        unread.append(name)
      }
    }
    self.library = library
    self.unread = unread
    style = String(decoding: PackageResources.report_css, as: UTF8.self)
    script = String(decoding: PackageResources.report_js, as: UTF8.self)
    policy = [
      "default-src 'none'", "style-src '\(PageTemplates.digest(of: style))'",
      "script-src '\(PageTemplates.digest(of: script))'", "img-src data:", "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")
  }

  private static let contentType = "SMTPSCOPE_INERT"

  func render(_ name: String, _ fields: Fields) -> String {
    library.render(fields, withTemplate: name) ?? ""
  }

  private static func digest(of text: String) -> String {
    var output = OutputBuffer()
    output.appendBase64(Array(SHA256.hash(data: Array(text.utf8))).span)
    var digest = Array("sha256-".utf8)
    output.drain { bytes in
      for index in bytes.indices { digest.append(bytes[index]) }
    }
    return String(decoding: digest, as: UTF8.self)
  }
}
