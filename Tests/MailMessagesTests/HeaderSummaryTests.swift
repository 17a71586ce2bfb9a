import MailMessages
import TestSupport
import Testing

private func summary(_ header: String, limits: HeaderLimits = HeaderLimits()) -> HeaderSummary {
  HeaderSummary(parsing: Array(header.utf8).span, limits: limits)
}

private func subject(_ body: String) -> String? {
  summary("Subject: \(body)\r\n\r\n").subject
}

@Test(arguments: ["\r\n", "\n", "\r", "\r\r\n"])
func `lines may end in any way`(_ end: String) {
  let header = [
    "Received: from a by b;", "\tsubject: not this", "SUBJECT : one", "\t two", "from:a@kestrel.example",
    "Message-Id:   <1@kestrel.example>  ", "DATE: Mon, 1 Jan 2024 00:00:00 +0000", "Subject: second", "", "To: body",
  ]
  let found = summary(header.joined(separator: end))
  #expect(found.subject == "one\t two")
  #expect(found.from == "a@kestrel.example")
  #expect(found.messageID == "<1@kestrel.example>")
  #expect(found.date == "Mon, 1 Jan 2024 00:00:00 +0000")
  #expect(found.to == nil)
}

@Test(
  arguments: [
    ("", nil), (" folded first\r\nSubject: a", "a"), ("no field\r\n of any kind\r\nSubject: a", "a"),
    ("From someone Mon 10:00\r\nSubject: a", "a"), ("Subject:\r\n\r\n", ""), ("Subject:\r\n \r\n b\r\n", "b"),
    ("Subject: cut her", "cut her"), ("Subject: a\r\n", "a"), ("Subject: a\r", "a"), ("Subject", nil), (": a", nil),
    ("Sub ject: a", nil), ("\r\nSubject: a", nil), ("X-Subject: b\r\nSubject: a", "a"), ("Subjects: b", nil),
  ] as [(String, String?)])
func `a header section gives its subject`(header: String, subject: String?) {
  #expect(summary(header).subject == subject)
}

@Test(
  arguments: [
    ("plain", "plain"), ("=?utf-8?Q?caf=C3=A9?=", "café"), ("=?UTF-8?q?caf=c3=a9_noir?=", "café noir"),
    ("=?iso-8859-1?B?dGVzdCDlIOkg7iD4IPw=?=", "test å é î ø ü"), ("=?gb2312?B?dGVzdCCy4srU?=", "test 测试"),
    ("=?ks_c_5601-1987?B?x9GxuQ==?=", "한국"), ("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本"),
    ("=?koi8-r?Q?=CD=C9=D2?=", "мир"), ("=?Windows-1252?Q?What=92s?=", "What\u{2019}s"),
    ("=?csISOLatin1?Q?=E9?=", "é"), ("=?csISOLatin2?Q?=B1?=", "ą"), ("=?iso-ir-100?Q?=E9?=", "é"),
    ("=?x-mac-roman?Q?=8E?=", "é"), ("=?macintosh?Q?=8E?=", "é"), ("=?csWindows31J?B?k/qWew==?=", "日本"),
    ("=?windows-31j?B?k/qWew==?=", "日本"), ("=?big5?B?pKSk5Q==?=", "中文"), ("=?shift_jis?B?k/qWew==?=", "日本"),
    ("a =?utf-8?Q?b?= c", "a b c"), ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
    ("=?utf-8?Q?a?=\r\n =?us-ascii?B?Yg?=", "ab"),
    ("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"), ("=?utf-8?B?Zm9v?= bar =?utf-8?B?YmF6?=", "foo bar baz"),
    ("=?utf-8*en-GB?Q?a?=", "a"), ("=?utf-8?B?w?= =?utf-8?Q?a?=", "=?utf-8?B?w?= a"),
    ("=?utf-8?B?ww==?= =?utf-8?Q?=A9?=", "é"), ("=?gb2312?Q?=B2?= =?GB2312?Q?=E2?=", "测"),
    ("=?utf-8?Q?=C3?= =?iso-8859-1?Q?=A9?=", "\u{fffd}©"), ("=?utf-8?B?Zm 9v?=", "foo"), ("=?utf-8?Q?a b?=", "a b"),
    ("=?utf-8?B?Zm8=Zm8=?=", "fofo"), ("=?utf-8?Q??=", ""), ("=?utf-8?Q?a=b_=4?=", "a=b =4"),
    ("=?utf-8?Q?why??=", "why?"), ("=?utf-8?Q?x=?=", "x="),
    ("\"=?utf-8?Q?a?=\" <a@kestrel.example>", "\"a\" <a@kestrel.example>"),
  ])
func `encoded words are decoded`(body: String, text: String) {
  #expect(subject(body) == text)
}

@Test(arguments: [
  "=?utf-8?X?a?=", "=?utf-8?Q?a", "=?utf-8?Q?a?", "=??Q?a?=", "=?utf-8?B?Zm9v!?=", "=?", "=?=", "=?=?=?=",
  "= ?utf-8?Q?a?=",
  "=?utf 8?Q?a?=", "=?utf-8??a?=", "=?utf-8?Q", "=?utf-8?QQ?a?=",
])
func `what is no encoded word stays as it is`(_ body: String) {
  #expect(subject(body) == body)
}

@Test func `an unfinished word does not hide the next`() {
  #expect(subject("=?utf-8?Q?a =?utf-8?Q?b?=") == "=?utf-8?Q?a b")
}

@Test(arguments: [
  ("x-never-heard-of", "a\u{fffd}"), ("us-ascii", "a\u{fffd}"), ("utf-7", "a\u{fffd}"),
  ("utf-8//TRANSLIT", "a\u{fffd}"),
  ("unknown-8bit", "a\u{fffd}"), ("cp1252", "aé"), ("ISO_8859-1:1987", "aé"), ("x-sjis", "a\u{fffd}"),
])
func `a character set is known by its name or keeps its ASCII`(label: String, text: String) {
  #expect(subject("=?\(label)?Q?a=E9?=") == text)
}

@Test(
  arguments: [
    ([0x61, 0x92, 0x62], "a\u{fffd}b"), ([0xc3, 0xa9], "é"), ([0xc3], "\u{fffd}"), ([0x61, 0x00, 0x62], "a\0b"),
  ] as [([UInt8], String)])
func `bytes of no declared character set are UTF-8 or replaced`(body: [UInt8], text: String) {
  let found = HeaderSummary(parsing: (Array("Subject: ".utf8) + body + [13, 10]).span)
  #expect(found.subject == text)
}

@Test func `a raw byte does not join a decoded one`() {
  let found = HeaderSummary(parsing: (Array("Subject: ".utf8) + [0xc3] + Array("=?utf-8?Q?=A9?=".utf8)).span)
  #expect(found.subject == "\u{fffd}\u{fffd}")
}

@Test func `addresses are shown as the text of their field`() {
  let found = summary(
    "From: =?utf-8?Q?J=C3=BCrgen?= (=?utf-8?Q?caf=C3=A9?=)\r\n <j@harbour.example>\r\nTo: Team: a@b, c@d;\r\n"
      + "Message-ID: =?utf-8?Q?a?=\r\n")
  #expect(found.from == "Jürgen (café) <j@harbour.example>")
  #expect(found.to == "Team: a@b, c@d;")
  #expect(found.messageID == "=?utf-8?Q?a?=")
}

@Test func `a subject of 400 KB comes out whole`() {
  let words = Array(repeating: "x", count: 200_000)
  let lines = stride(from: 0, to: words.count, by: 30).map {
    words[$0..<min($0 + 30, words.count)].joined(separator: " ")
  }
  let begin = threadTime
  let found = summary("Subject: " + lines.joined(separator: "\r\n ") + "\r\nFrom: a\r\n\r\n")
  #expect(threadTime - begin < 20 * Double(Sanitizer.patience))
  #expect(found.subject == words.joined(separator: " "))
  #expect(found.from == "a")
}

@Test(
  arguments: [
    "=?a?q?", "=?", "\n ", "\r ", "\r\n ", "=?utf-8?Q?=C3?= ", "=?utf-8?Q?a?= =?koi8-r?B?4g?= ",
    "=?big5?B?/////////w==?= ",
    "Subject:\n", "a\r", "a\n",
    "=?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", " ",
  ])
func `the worst megabyte is read in linear time`(_ unit: String) {
  let repeated = String(repeating: unit, count: (1 << 20) / unit.utf8.count)
  let begin = threadTime
  #expect(summary("Subject: " + repeated).subject != nil)
  #expect(threadTime - begin < 20 * Double(Sanitizer.patience))  // seconds; a quadratic reader takes minutes
}

@Test(arguments: [(0, nil), (12, "ab"), (14, "abcd"), (13, "abc")] as [(Int, String?)])
func `no more of a header than its limit is read`(bytes: Int, subject: String?) {
  var limits = HeaderLimits()
  limits.bytes = bytes
  #expect(summary("Subject:  abcd", limits: limits).subject == subject)
}

@Test(arguments: [(1, "мир \u{fffd}\u{fffd}"), (2, "мир é\u{fffd}")])
func `no more character sets than the limit are converted`(count: Int, text: String) {
  var limits = HeaderLimits()
  limits.characterSets = count
  let body = "=?koi8-r?Q?=CD=C9=D2_?= =?iso-8859-1?Q?=E9?= =?iso-8859-7?Q?=E9?="
  #expect(summary("Subject: \(body)", limits: limits).subject == text)
}

@Test(arguments: [(2, "\u{fffd}\u{fffd}a\u{fffd}"), (3, "\u{fffd}\u{fffd}aé")])
func `a character set that does not fit is given up`(failures: Int, text: String) {
  var limits = HeaderLimits()
  limits.undecodableSequences = failures
  #expect(summary("Subject: =?windows-1252?Q?=81=8Da=E9?=", limits: limits).subject == text)
}

@Test(arguments: UInt64(0)..<64)
func `any bytes are read without a trap`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let pieces = [
    "Subject:", "From: ", "\r\n", "\n", "\r", " ", "\t", "=?", "?=", "?", "=", "utf-8", "?B?", "?Q?", "iso-2022-jp",
    "gb18030",
    "big5", "euc-tw", "utf-16le", "iso-2022-kr", "*", "Zm9v", "=C3", "=1B$B", "_", ":", "\u{1b}$B", "é", "\0",
  ].map { Array($0.utf8) }
  var bytes = Array("Subject: ".utf8)
  for _ in 0..<Int.random(in: 0..<400, using: &random) {
    if Bool.random(using: &random) {
      bytes += pieces[Int.random(in: pieces.indices, using: &random)]
    } else {
      bytes.append(UInt8.random(in: 0...255, using: &random))
    }
  }
  let found = HeaderSummary(parsing: bytes.span)
  #expect(found.subject != nil)
  #expect((found.subject ?? "").utf8.count <= 3 * bytes.count)
}

@Test(arguments: [
  "utf-8", "gb18030", "iso-2022-jp", "iso-2022-kr", "big5", "euc-tw", "euc-jp", "shift_jis", "euc-kr", "utf-16le",
])
func `any bytes in a character set are converted`(_ label: String) {
  var random = SplitMix64(seed: 7)
  for _ in 0..<50 {
    let text = (0..<Int.random(in: 0..<300, using: &random)).map { _ in
      let digits = String(UInt8.random(in: 0...255, using: &random), radix: 16)
      return "=" + (digits.count < 2 ? "0" : "") + digits
    }
    let body = "=?\(label)?Q?\(text.joined())?="
    #expect((subject("a" + body) ?? "").utf8.starts(with: "a".utf8))
  }
}
