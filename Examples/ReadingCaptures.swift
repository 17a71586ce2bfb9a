import CaptureReading
import Wire

/// CaptureReading alone: how many frames of each link type some captures have, and how many of them a snap length cut.
///
/// Throws where the filter is wrong. A capture that cannot be read to its end does not stop the others: `captures` says what
/// went wrong in it.
public func linkTypes(
  of paths: [String], filter: String? = nil
) throws -> (frames: [UInt32: Int], cut: Int, problems: [String]) {
  var reader = try CaptureReader(paths: paths, filter: filter)
  var frames: [UInt32: Int] = [:]
  var cut = 0
  while reader.next() {
    let frame = reader.frame
    frames[frame.linkType.number, default: 0] += 1
    // The bytes are borrowed: they are valid within the closure.
    reader.withBytes { bytes in
      if bytes.count < frame.originalLength { cut += 1 }
    }
  }
  return (frames, cut, reader.captures.compactMap { $0.error?.description })
}
