import FileWriting
import Glibc
import Testing

@Suite struct FileWritingTests {
  private let bytes = Array("one line\n".utf8)

  @Test func `all that is left is written and counted`() throws {
    var ends: [Int32] = [-1, -1]
    // Both descriptors are stored during the call.
    try #require(unsafe pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    var written = 4
    try bytes.span.write(to: ends[1], written: &written)
    #expect(written == bytes.count)
    try bytes.span.write(to: ends[1])
    var read = [UInt8](repeating: 0, count: 64)
    // read(2) fills the array during the call.
    let count = unsafe read.withUnsafeMutableBytes { unsafe Glibc.read(ends[0], $0.baseAddress, $0.count) }
    #expect(Array(read.prefix(count)) == bytes.dropFirst(4) + bytes)
  }

  @Test func `what the system said is thrown`() throws {
    // The path lives for the call.
    let full = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
    try #require(full >= 0)
    defer { close(full) }
    var written = 0
    #expect(throws: FileWritingError(code: ENOSPC)) { try bytes.span.write(to: full, written: &written) }
    #expect(written == 0)
    #expect(throws: FileWritingError(code: EBADF)) { try bytes.span.write(to: -1) }
  }

  @Test func `nothing is written to no file`() throws {
    try Span<UInt8>().write(to: -1)
  }
}
