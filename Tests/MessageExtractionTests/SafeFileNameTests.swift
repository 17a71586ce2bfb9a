import Testing

@testable import MessageExtraction

@Test(
  arguments: [
    ("1-1.eml", "1-1.eml"), ("../../etc/passwd", "_._.._etc_passwd"), ("/etc/passwd", "_etc_passwd"), ("..", "message"),
    (".", "message"), ("", "message"), (".eml", "message.eml"), (".hidden.eml", "_hidden.eml"), ("-rf.eml", "_rf.eml"),
    ("a\0b\n\u{1b}[31mc.eml", "a_b__[31mc.eml"), ("a\\b:c*d?e\"f<g>h|i", "a_b_c_d_e_f_g_h_i"), ("NUL", "_NUL"),
    ("con.eml", "_con.eml"), ("COM1.eml", "_COM1.eml"), ("lpt\u{b9}.eml", "_lpt\u{b9}.eml"), ("COM10.eml", "COM10.eml"),
    ("CON.a.eml", "_CON.a.eml"), ("console.eml", "console.eml"), ("a. . .eml", "a.eml"), ("a...", "a"), ("  a  ", "a"),
    ("gpj\u{202e}exe.eml", "gpj_exe.eml"), ("a\u{2028}b", "a_b"), ("Grüße 测试.eml", "Grüße 测试.eml"),
    ("a.not-an-ending", "a.not-an-ending"), ("a.", "a"), ("~a", "~a"), ("a\r\nb.eml", "a__b.eml"),
    ("12-3.incomplete.eml", "12-3.incomplete.eml"), ("1-1..eml", "1-1.eml"), ("1-1.eml.", "1-1.eml"), ("1.", "1"),
    ("1-1.not-an-ending", "1-1.not-an-ending"), ("1_1.a.longer-than-it", "1_1.a.longer-than-it"),
    ("1.ü.eml", "1.ü.eml"),
    ("1-1.0123456789abcdef", "1-1.0123456789abcdef"), ("1 .eml", "1.eml"), ("1/2.eml", "1_2.eml"),
  ])
func `a proposed name is made safe`(proposed: String, name: String) {
  #expect(SafeFileName(proposed).text() == name)
}

@Test(arguments: [
  (String(repeating: "x", count: 300) + ".eml", "", String(repeating: "x", count: 196) + ".eml"),
  (String(repeating: "x", count: 196) + ".eml", "", String(repeating: "x", count: 196) + ".eml"),
  (String(repeating: "x", count: 300) + ".eml", "-12", String(repeating: "x", count: 193) + "-12.eml"),
  (String(repeating: "测", count: 300) + ".eml", "", String(repeating: "测", count: 65) + ".eml"),
  ("e" + String(repeating: "\u{301}", count: 300), "", "_"),
])
func `a long name is cut between characters and keeps its ending`(proposed: String, suffix: String, name: String) {
  #expect(SafeFileName(proposed).text(suffix: suffix) == name)
}
