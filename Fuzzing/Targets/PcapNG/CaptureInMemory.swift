internal import CLinux
internal import CaptureReading
package import FuzzSupport
internal import Glibc
package import Wire

/// A capture that stands in no file system.
package struct CaptureInMemory: ~Copyable {
  private let descriptor: Int32

  package init(_ bytes: [UInt8]) throws(Broken) {
    descriptor = unsafe open_memory("capture")
    guard descriptor >= 0 else { throw Broken("no memory for a file: errno \(errno)") }
    // The array's bytes, for the call.
    let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0 else { throw Broken("a file cut short") }
  }

  deinit { close(descriptor) }

  /// Reads it; no filter, so that nothing is thrown but what `body` throws.
  package borrowing func frames(_ body: (FrameDescriptor, Span<UInt8>) throws(Broken) -> Void) throws(Broken) {
    var limits = CaptureLimits()
    limits.longestBlock = 1 << 20
    limits.bufferSize = 16 << 10
    guard var reader = try? CaptureReader(locations: [.descriptor(descriptor, name: "input")], limits: limits) else {
      throw Broken("a filter that is none")
    }
    while reader.next() {
      let frame = reader.frame
      try reader.withBytes { (bytes) throws(Broken) in try body(frame, bytes) }
    }
    for capture in reader.captures { _ = capture.error.map(\.description) }
    _ = reader.notices.map(\.description)
  }
}
