import Glibc
import MessageExtraction
import Testing
import Wire

private func deliver(
  _ text: String, to maildir: inout Maildir, from directory: inout MessageDirectory, isComplete: Bool = true
) throws -> String {
  try directory.begin(1)
  try directory.append(Array(text.utf8).span, to: 1)
  let time = CaptureTime(nanoseconds: 1_795_166_042_123_456_789)
  return try maildir.deliver(directory.complete(1), from: directory, at: time, isComplete: isComplete)
}

@Test func `a message goes from tmp to new when it is whole`() throws {
  let scratch = ScratchDirectory()
  var maildir = try Maildir(path: scratch.path + "/box")
  #expect(scratch.names(in: "box") == ["cur", "new", "tmp"])
  var directory = try MessageDirectory(path: maildir.temporaryPath)
  try directory.begin(7)
  try directory.append(Array(repeating: 1, count: 100_000).span, to: 7)
  #expect(scratch.names(in: "box/tmp").count == 1)
  #expect(scratch.names(in: "box/new") == [])
  directory.discard(7)

  let path = try deliver("Subject: a\n\n", to: &maildir, from: &directory)
  let name = String(path.dropFirst("new/".count))
  #expect(path.hasPrefix("new/1795166042.M123456P\(getpid())Q1R"))
  #expect(scratch.names(in: "box/new") == [name])
  #expect(scratch.names(in: "box/tmp") == [])
  #expect(!name.contains("/"))
  #expect(!name.contains(":"))
  #expect(scratch.contents(of: "box/" + path) == Array("Subject: a\n\n".utf8))
  var status = stat()
  #expect(unsafe stat(scratch.path + "/box/" + path, &status) == 0)
  #expect(status.st_mtim.tv_sec == 1_795_166_042)
  #expect(try deliver("b", to: &maildir, from: &directory) != path)
}

@Test func `an incomplete message stands in a folder of its own`() throws {
  let scratch = ScratchDirectory()
  var maildir = try Maildir(path: scratch.path)
  var directory = try MessageDirectory(path: maildir.temporaryPath)
  for number in 1...2 {
    let path = try deliver("half", to: &maildir, from: &directory, isComplete: false)
    #expect(path.hasPrefix(".incomplete/new/"))
    #expect(path.contains("R"))
    #expect(scratch.contents(of: path) == Array("half".utf8))
    #expect(scratch.names(in: ".incomplete/new").count == number)
  }
  #expect(scratch.names(in: ".incomplete") == ["cur", "maildirfolder", "new", "tmp"])
  #expect(scratch.names(in: "new") == [])
}

@Test func `a link in place of a folder is not followed`() throws {
  let scratch = ScratchDirectory()
  scratch.makeDirectory("elsewhere")
  scratch.makeDirectory("box")
  scratch.link("box/new", to: scratch.path + "/elsewhere")
  let error = #expect(throws: ExtractionError.self) { _ = try Maildir(path: scratch.path + "/box") }
  #expect(error?.reason == .notADirectory)
}
