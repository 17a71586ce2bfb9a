import Glibc
import MessageExtraction
import TestSupport
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Test func `a record file has its name when it is finished`() throws {
  let scratch = ScratchDirectory()
  var file = try RecordFile("index.ndjson", in: scratch.path)
  #expect(file.expectedName == "index.ndjson")
  try file.append(bytes("one\n").span)
  file.endRecord()
  try file.append(Array(repeating: UInt8(ascii: "x"), count: 200_000).span)
  try file.append(bytes("\n").span)
  file.endRecord()
  #expect(file.end == 200_005)
  #expect(scratch.names().allSatisfy { $0.hasPrefix(".smtpscope-") })
  #expect(file.name == nil)
  try file.finish()
  #expect(file.name == "index.ndjson")
  #expect(scratch.names() == ["index.ndjson"])
  #expect(
    scratch.contents(of: "index.ndjson") == bytes("one\n") + Array(repeating: UInt8(ascii: "x"), count: 200_000) + [10])
  try file.finish()  // once more changes nothing
  #expect(scratch.names() == ["index.ndjson"])
}

@Test(arguments: [3, 100_000])
func `what was not ended is not in it`(length: Int) throws {
  let scratch = ScratchDirectory()
  var file = try RecordFile("a", in: scratch.path)
  try file.append(bytes("whole\n").span)
  file.endRecord()
  try file.append(Array(repeating: 1, count: length).span)
  try file.finish()
  #expect(scratch.contents(of: "a") == bytes("whole\n"))
}

@Test(arguments: [3, 100_000], [false, true])
func `what was dropped is not in it`(length: Int, isFlushed: Bool) throws {
  let scratch = ScratchDirectory()
  var file = try RecordFile("a", in: scratch.path)
  try file.append(bytes("whole\n").span)
  file.endRecord()
  let start = file.end
  try file.append(Array(repeating: 1, count: length).span)
  file.endRecord()
  if isFlushed { try file.flush() }
  file.drop(from: start)
  try file.finish()
  #expect(scratch.contents(of: "a") == bytes("whole\n"))
}

@Test func `one that is never finished leaves nothing`() throws {
  let scratch = ScratchDirectory()
  do {
    var file = try RecordFile("a", in: scratch.path)
    try file.append(bytes("whole\n").span)
    file.endRecord()
    try file.flush()
    #expect(scratch.names().count == 1)
  }
  #expect(scratch.names() == [])
}

@Test func `one without records is empty`() throws {
  let scratch = ScratchDirectory()
  var file = try RecordFile("a", in: scratch.path)
  try file.finish()
  #expect(scratch.names() == ["a"])
  #expect(scratch.contents(of: "a") == [])
}

@Test func `it replaces nothing, and says where its name was taken meanwhile`() throws {
  let scratch = ScratchDirectory()
  scratch.write("old", to: "a.mbox")
  scratch.link("a-2.mbox", to: "/nowhere/at/all")
  var file = try RecordFile("a.mbox", in: scratch.path)
  #expect(file.expectedName == "a-3.mbox")
  scratch.write("other", to: "a-3.mbox")
  let error = #expect(throws: ExtractionError.self) { try file.finish() }
  #expect(error?.reason == .nameTaken(insteadIs: "a-3-2.mbox"))
  #expect(error?.description.contains("a-3-2.mbox") == true)
  #expect(scratch.contents(of: "a-3.mbox") == bytes("other"))
  #expect(scratch.names() == ["a-2.mbox", "a-3-2.mbox", "a-3.mbox", "a.mbox"])
}

@Test func `messages come from memory and from files`() throws {
  let scratch = ScratchDirectory()
  var directory = try MessageDirectory(path: scratch.path)
  var file = try RecordFile("a", in: scratch.path)
  for (key, length) in [(1, 10), (2, 150_000), (3, 20)] {
    try directory.begin(key)
    try directory.append(Array(repeating: UInt8(key), count: length).span, to: key)
  }
  let small = try directory.completeInMemory(1, upTo: 100)
  let large = try directory.completeInMemory(2, upTo: 1 << 20)
  let unwelcome = try directory.completeInMemory(3, upTo: 19)
  #expect([small, large, unwelcome].map(\.bytesInMemory) == [10, 0, 0])
  for message in [small, large, unwelcome] {
    try file.append(message, from: directory)
    file.endRecord()
  }
  try file.finish()
  #expect(scratch.names() == ["a"])
  let expected = [(1, 10), (2, 150_000), (3, 20)].flatMap { Array(repeating: UInt8($0), count: $1) }
  #expect(scratch.contents(of: "a") == expected)
}

@Test(arguments: [1, 100, 40_000, 70_000, 99_999])
func `where no more can be written the whole records stay`(length: Int) async {
  // In a process of its own, for its limits are the whole process's.
  await #expect(processExitsWith: .success) { [length] in
    let scratch = ScratchDirectory()
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
    var file = try RecordFile("a", in: scratch.path)
    let record = Array(repeating: UInt8(ascii: "x"), count: length)
    var failure: ExtractionError?
    for _ in 0...200_000 / length where failure == nil {
      do throws(ExtractionError) { try file.append(record.span) } catch { failure = error }
      if failure == nil { file.endRecord() }
    }
    guard failure?.reason == .fileTooLarge else { exit(3) }
    do throws(ExtractionError) {
      try file.finish()
    } catch {
      guard error.reason == .fileTooLarge else { exit(4) }
    }
    let size = scratch.contents(of: "a").count
    guard file.name == "a", size % length == 0, size > 100_000 - 2 * length, size <= 100_000 else { exit(5) }
  }
}

@Test func `where not one record can be written there is no file`() async {
  await #expect(processExitsWith: .success) {
    let scratch = ScratchDirectory()
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
    do {
      var file = try RecordFile("a", in: scratch.path)
      let record = Array(repeating: UInt8(ascii: "x"), count: 150_000)
      do throws(ExtractionError) { try file.append(record.span) } catch { try? file.finish() }
    }
    guard scratch.names() == ["a"] || scratch.names() == [] else { exit(3) }
    guard scratch.contents(of: "a") == [] || scratch.names() == [] else { exit(4) }
  }
}
