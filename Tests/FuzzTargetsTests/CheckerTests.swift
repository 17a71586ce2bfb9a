import FuzzSupport
import Testing

/// What holds the reports to being inert must be able to fail.
@Suite struct CheckerTests {
  @Test(arguments: [
    "<p>a<script>alert(1)</script></p>", "<p onclick=\"a()\">", "<a href=\"javascript:a()\">", "<img src=\"#\">",
    "<a href=#>", "a < b", "<p title=\"a\"b\">", "<p class=\"a",
  ])
  func `markup that is not the page's own is seen`(body: String) {
    let page = "<html><head><style>a<b</style><script>x</script></head><body><main>\(body)</main></body></html>"
    #expect(throws: Broken.self) { try Self.readPage(page) }
  }

  @Test func `a page of its own markup passes`() throws {
    let page = """
      <!doctype html><html lang="en"><head><style>a<b{}</style><script>1<2</script></head>
      <body><main><p class="a" hidden>a &lt; b</p><a href="#s1">one</a><br/></main></body></html>
      """
    try Self.readPage(page)
  }

  @Test(arguments: [
    "\u{1b}]0;a\u{7}", "\u{1b}[2J", "a\u{7f}", "\u{9b}2J", "a\u{202e}b", "\u{2066}", "\u{feff}", "\r", "\u{e0041}",
  ])
  func `text that is not inert is seen`(text: String) {
    #expect(throws: Broken.self) { try Self.checkText(Array(text.utf8)) }
  }

  @Test func `colours and bytes of UTF-8 pass, others do not`() throws {
    try Self.checkText(Array("\u{1b}[1;31mrot\u{1b}[0m — é\n".utf8))
    #expect(throws: Broken.self) { try Self.checkText([0xff]) }
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "\"a", "\"\\x\"", "tru", "1 2", "[1] x", "\"a\u{1}\"", "{a:1}",
    "\"\\u12g4\"",
  ])
  func `what is no JSON is seen`(text: String) {
    #expect(throws: Broken.self) { try Self.readJSON(text) }
  }

  @Test func `JSON passes`() throws {
    var reader = JSONReader(Array("{\"a\":[1,-2.5e3,null,true,{\"b\":\"\\u00e9\\n\\\"\"},[],{}]}\n".utf8))
    try reader.document()
  }

  private static func readPage(_ page: String) throws {
    var reader = MarkupReader(Array(page.utf8))
    try reader.page()
  }

  private static func checkText(_ bytes: [UInt8]) throws {
    try InertText.check(bytes.span, allowing: [10, 27])
  }

  private static func readJSON(_ text: String) throws {
    var reader = JSONReader(Array(text.utf8))
    try reader.document()
  }
}
