import Glibc
import MessageExtraction
import TestSupport
import Testing

@Test func `a message stands under its name only when it is finished`() throws {
  let scratch = ScratchDirectory()
  var directory = try MessageDirectory(path: scratch.path + "/made/with/parents")
  try directory.begin(1)
  try directory.append(Array("Subject: a\r\n".utf8).span, to: 1)
  try directory.append(Array(repeating: UInt8(ascii: "x"), count: 100_000).span, to: 1)
  #expect(scratch.names(in: "made/with/parents").allSatisfy { $0.hasPrefix(".smtpscope-") })
  try directory.append(Array("\r\nend".utf8).span, to: 1)
  #expect(try directory.finish(1, name: "1-1.eml") == "1-1.eml")
  #expect(scratch.names(in: "made/with/parents") == ["1-1.eml"])
  let expected =
    Array("Subject: a\r\n".utf8) + Array(repeating: UInt8(ascii: "x"), count: 100_000) + Array("\r\nend".utf8)
  #expect(scratch.contents(of: "made/with/parents/1-1.eml") == expected)
}

@Test func `an empty message is an empty file`() throws {
  let scratch = ScratchDirectory()
  var directory = try MessageDirectory(path: scratch.path)
  try directory.begin(1)
  _ = try directory.finish(1, name: "empty.eml")
  #expect(scratch.contents(of: "empty.eml") == [])
}

@Test func `the permissions are those the mask leaves`() throws {
  let scratch = ScratchDirectory()
  var directory = try MessageDirectory(path: scratch.path)
  try directory.begin(1)
  try directory.append(Array(repeating: 0, count: 1 << 17).span, to: 1)
  #expect(scratch.names().map { scratch.mode(of: $0) } == [0o600])
  let name = try directory.finish(1, name: "a.eml")
  let mask = umask(0o077)
  umask(mask)
  #expect(scratch.mode(of: name) == 0o666 & ~mask)
}

@Test func `discarded and forgotten messages leave nothing`() throws {
  let scratch = ScratchDirectory()
  do {
    var directory = try MessageDirectory(path: scratch.path)
    for key in 0..<4 {
      try directory.begin(key)
      try directory.append(Array(repeating: 1, count: 70_000).span, to: key)
    }
    #expect(scratch.names().count == 4)
    directory.discard(0)
    directory.discard(0)
    directory.discard(99)
    #expect(scratch.names().count == 3)
    _ = try directory.finish(1, name: "kept.eml")
  }
  #expect(scratch.names() == ["kept.eml"])
}

@Test func `a file that stands is never replaced`() throws {
  let scratch = ScratchDirectory()
  scratch.write("old", to: "a.eml")
  scratch.write("old", to: "a-2.eml")
  scratch.link("a-3.eml", to: "/nowhere/at/all")
  scratch.makeDirectory("a-4.eml")
  var directory = try MessageDirectory(path: scratch.path)
  for (key, name) in [(1, "a-5.eml"), (2, "a-6.eml")] {
    try directory.begin(key)
    try directory.append(Array("new".utf8).span, to: key)
    #expect(try directory.finish(key, name: "a.eml") == name)
  }
  #expect(scratch.contents(of: "a.eml") == Array("old".utf8))
  #expect(scratch.contents(of: "a-2.eml") == Array("old".utf8))
  #expect(scratch.contents(of: "a-5.eml") == Array("new".utf8))
}

@Test func `very many messages of one name all get one`() throws {
  let scratch = ScratchDirectory()
  var directory = try MessageDirectory(path: scratch.path)
  for key in 0..<1010 {
    try directory.begin(key)
    _ = try directory.finish(key, name: "a.eml")
  }
  #expect(scratch.names().count == 1010)
}

@Test func `a symbolic link put in place of an unfinished file is not followed`() throws {
  let scratch = ScratchDirectory()
  scratch.write("victim", to: "victim")
  var limits = ExtractionLimits()
  limits.openFiles = 1
  limits.gatheredBytesPerMessage = 1
  var directory = try MessageDirectory(path: scratch.path + "/out", limits: limits)
  try directory.begin(1)
  try directory.append(Array("one".utf8).span, to: 1)
  let temporary = try #require(scratch.names(in: "out").first)
  try directory.begin(2)
  try directory.append(Array("two".utf8).span, to: 2)  // closes the first
  scratch.remove("out/" + temporary)
  scratch.link("out/" + temporary, to: scratch.path + "/victim")
  let error = #expect(throws: ExtractionError.self) { try directory.append(Array("more".utf8).span, to: 1) }
  #expect(error?.reason == .disturbed)
  #expect(scratch.contents(of: "victim") == Array("victim".utf8))
  #expect(throws: ExtractionError(.notBegun(1), path: scratch.path + "/out")) { try directory.finish(1, name: "a") }
  #expect(try directory.finish(2, name: "b") == "b")
}

@Test func `another file in place of an unfinished one is not written to`() throws {
  let scratch = ScratchDirectory()
  var limits = ExtractionLimits()
  limits.openFiles = 1
  limits.gatheredBytesPerMessage = 1
  var directory = try MessageDirectory(path: scratch.path + "/out", limits: limits)
  try directory.begin(1)
  try directory.append(Array("one".utf8).span, to: 1)
  let temporary = try #require(scratch.names(in: "out").first)
  try directory.begin(2)
  try directory.append(Array("two".utf8).span, to: 2)
  scratch.write("other", to: "replacement")
  scratch.rename("replacement", to: "out/" + temporary)
  let error = #expect(throws: ExtractionError.self) { try directory.append(Array("more".utf8).span, to: 1) }
  #expect(error?.reason == .disturbed)
}

@Test func `what a killed run left behind is neither in the way nor touched`() throws {
  let scratch = ScratchDirectory()
  scratch.write("half", to: ".smtpscope-1-1.part")
  do {
    var directory = try MessageDirectory(path: scratch.path)
    try directory.begin(1)
    _ = try directory.finish(1, name: "a.eml")
  }
  #expect(scratch.names() == [".smtpscope-1-1.part", "a.eml"])
}

@Test(arguments: [(1, 1, 1), (3, 10, 40), (128, 1 << 16, 1 << 20), (0, 0, 0)], UInt64(0)..<4)
func `interleaved messages come out whole under any limits`(bounds: (Int, Int, Int), seed: UInt64) throws {
  let scratch = ScratchDirectory()
  var limits = ExtractionLimits()
  (limits.openFiles, limits.gatheredBytesPerMessage, limits.gatheredBytes) = bounds
  var directory = try MessageDirectory(path: scratch.path, limits: limits)
  var random = SplitMix64(seed: seed)
  var expected: [Int: [UInt8]] = [:]
  let before = openDescriptors()
  for key in 0..<20 {
    try directory.begin(key)
    expected[key] = []
  }
  for _ in 0..<400 {
    let key = Int.random(in: 0..<20, using: &random)
    let bytes = (0..<Int.random(in: 0..<30, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    try directory.append(bytes.span, to: key)
    expected[key]? += bytes
  }
  // Other tests open files too, but not hundreds.
  #expect(openDescriptors() - before < 200)
  for key in 0..<20 {
    let name = try directory.finish(key, name: "\(key).eml")
    #expect(scratch.contents(of: name) == expected[key])
  }
  #expect(scratch.names().count == 20)
}

@Test func `the caller's slips are told`() throws {
  let scratch = ScratchDirectory()
  var directory = try MessageDirectory(path: scratch.path)
  try directory.begin(1)
  #expect(throws: ExtractionError(.begunTwice(1), path: scratch.path)) { try directory.begin(1) }
  #expect(throws: ExtractionError(.notBegun(2), path: scratch.path)) { try directory.append([1].span, to: 2) }
  #expect(throws: ExtractionError(.notBegun(2), path: scratch.path)) { try directory.finish(2, name: "a") }
}

@Test func `a file is no directory`() {
  let scratch = ScratchDirectory()
  scratch.write("", to: "file")
  for path in ["/file", "/file/below"] {
    #expect(throws: ExtractionError(.notADirectory, path: scratch.path + path)) {
      _ = try MessageDirectory(path: scratch.path + path)
    }
  }
  #expect(throws: ExtractionError(.system(ENOENT), path: "")) { _ = try MessageDirectory(path: "") }
}

@Test(.enabled(if: geteuid() != 0, "the superuser may write anywhere"))
func `a directory without permission is refused at once`() {
  let scratch = ScratchDirectory()
  scratch.makeDirectory("closed", mode: 0o500)
  for path in ["/closed", "/closed/below/deeper"] {
    #expect(throws: ExtractionError(.notPermitted, path: scratch.path + path)) {
      _ = try MessageDirectory(path: scratch.path + path)
    }
  }
}

@Test func `a file system that takes no files is named`() {
  let error = #expect(throws: ExtractionError.self) { _ = try MessageDirectory(path: "/proc/messages") }
  #expect(error?.path == "/proc/messages")
}

@Test func `a message too large for its file is removed and the others go on`() async {
  // In a process of its own, for its limits are the whole process's.
  await #expect(processExitsWith: .success) {
    let scratch = ScratchDirectory()
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
    var directory = try MessageDirectory(path: scratch.path)
    try directory.begin(1)
    try directory.begin(2)
    do throws(ExtractionError) {
      try directory.append(Array(repeating: 0, count: 200_000).span, to: 1)
      exit(3)
    } catch {
      guard error.reason == .fileTooLarge, scratch.names().isEmpty else { exit(4) }
    }
    try directory.append(Array(repeating: 0, count: 90_000).span, to: 2)
    guard try directory.finish(2, name: "b") == "b", scratch.names() == ["b"] else { exit(5) }
  }
}

@Test func `few descriptors are enough for many messages`() async {
  await #expect(processExitsWith: .success) {
    let scratch = ScratchDirectory()
    var directory = try MessageDirectory(path: scratch.path)
    let highest = (0..<1024).last { fcntl($0, F_GETFD) >= 0 } ?? 0
    var limit = rlimit(rlim_cur: rlim_t(highest) + 6, rlim_max: rlim_t(highest) + 6)
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { exit(2) }
    for key in 0..<50 { try directory.begin(key) }
    for _ in 0..<2 {
      for key in 0..<50 { try directory.append(Array(repeating: 0, count: 70_000).span, to: key) }
    }
    let names = try (0..<50).map { try directory.finish($0, name: "a") }
    guard names.allSatisfy({ scratch.contents(of: $0).count == 140_000 }) else { exit(3) }
  }
}

@Test(arguments: [
  (ENOSPC, "cannot write to out: the disk is full; free some space or choose another directory"),
  (EACCES, "cannot write to out: permission denied; choose a directory that you may write to"),
  (EIO, "cannot write to out: Input/output error"),
])
func `an error is a sentence`(number: Int32, sentence: String) {
  #expect(ExtractionError(errno: number, path: "out").description == sentence)
}

@Test func `a link in place of a directory is followed only where it may be one`() throws {
  let scratch = ScratchDirectory()
  scratch.makeDirectory("elsewhere")
  scratch.link("out", to: scratch.path + "/elsewhere")
  let path = scratch.path + "/out"
  _ = try MessageDirectory(path: path)
  let error = #expect(throws: ExtractionError.self) { _ = try MessageDirectory(path: path, mayBeLink: false) }
  #expect(error?.reason == .notADirectory)
  _ = try MessageDirectory(path: path + "side", mayBeLink: false)
}
