import CArchive
import CaptureReading
import Foundation
import TestSupport
import Wire

/// A frame as a test looks at it.
struct Frame: Equatable {
  var file = 0
  var number: Int
  var time: Int64
  var bytes: [UInt8]
  var linkType = LinkType.ethernet
  var originalLength: Int?
}

/// What a reader gave, to the end.
struct Reading {
  var frames: [Frame] = []
  var captures: [CaptureInfo]
  var notices: [CaptureNotice]

  var numbers: [Int] { frames.map(\.number) }
  var errors: [CaptureError.Reason?] { captures.map { $0.error?.reason } }

  init(_ reader: consuming CaptureReader) {
    var reader = reader
    while reader.next() {
      let bytes = reader.withBytes { Array($0) }
      let frame = reader.frame
      frames.append(
        Frame(
          file: frame.file, number: frame.number, time: frame.time.nanoseconds, bytes: bytes, linkType: frame.linkType,
          originalLength: frame.originalLength == bytes.count ? nil : frame.originalLength))
    }
    captures = reader.captures
    notices = reader.notices
  }

  /// Reads the files, which are written for the time of it.
  init(_ files: [UInt8]..., filter: String? = nil, limits: CaptureLimits = CaptureLimits()) throws {
    let folder = TemporaryFolder()
    let paths = try files.enumerated().map { try folder.write($1, as: "\($0)") }
    self.init(try CaptureReader(paths: paths, filter: filter, limits: limits))
  }
}

/// A folder that goes away with this value.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "capture-reading-" + UUID().uuidString

  init() {
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func write(_ bytes: [UInt8], as name: String) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}

/// A capture of `count` packets a second apart, the first at `start` seconds; each holds its number.
func capture(packets count: Int, from start: Int64 = 1, nanoseconds: Bool = false) -> [UInt8] {
  var builder = PcapBuilder(nanoseconds: nanoseconds)
  for index in 0..<count { builder.add([UInt8(truncatingIfNeeded: index)], at: (start + Int64(index)) * 1_000_000_000) }
  return builder.bytes
}

/// How libarchive packs.
enum Packing: CaseIterable {
  case gzip, zstd, lz4, xz, bzip2, none

  fileprivate func apply(to archive: OpaquePointer) {
    switch self {
    case .gzip: unsafe archive_write_add_filter_gzip(archive)
    case .zstd: unsafe archive_write_add_filter_zstd(archive)
    case .lz4: unsafe archive_write_add_filter_lz4(archive)
    case .xz: unsafe archive_write_add_filter_xz(archive)
    case .bzip2: unsafe archive_write_add_filter_bzip2(archive)
    case .none: break
    }
  }
}

enum Container { case raw, tar, zip }

/// Members packed by libarchive's writer; a `hole` is left out of each, which a tar can say.
func packed(
  _ members: [(name: String, bytes: [UInt8])], _ container: Container, _ packing: Packing, hole: Range<Int64>? = nil
) -> [UInt8] {
  guard let archive = unsafe archive_write_new() else { return [] }
  unsafe packing.apply(to: archive)
  switch container {
  case .raw: unsafe archive_write_set_format_raw(archive)
  case .tar: unsafe archive_write_set_format_pax_restricted(archive)
  case .zip: unsafe archive_write_set_format_zip(archive)
  }
  unsafe archive_write_set_bytes_in_last_block(archive, 1)
  var buffer = [UInt8](repeating: 0, count: 1 << 20 + members.reduce(0) { $0 + $1.bytes.count + 4096 })
  var used = 0
  unsafe buffer.withUnsafeMutableBytes { output in
    unsafe archive_write_open_memory(archive, output.baseAddress, output.count, &used)
    for member in members {
      let entry = unsafe archive_entry_new()
      unsafe archive_entry_set_pathname(entry, member.name)
      unsafe archive_entry_set_size(entry, Int64(member.bytes.count))
      unsafe archive_entry_set_filetype(entry, 0o100000)
      unsafe archive_entry_set_perm(entry, 0o644)
      if let hole {
        unsafe archive_entry_sparse_add_entry(entry, 0, hole.lowerBound)
        unsafe archive_entry_sparse_add_entry(entry, hole.upperBound, Int64(member.bytes.count) - hole.upperBound)
      }
      unsafe archive_write_header(archive, entry)
      unsafe member.bytes.withUnsafeBytes { bytes in
        _ = unsafe archive_write_data(archive, bytes.baseAddress, bytes.count)
      }
      unsafe archive_entry_free(entry)
    }
    unsafe archive_write_close(archive)
  }
  unsafe archive_write_free(archive)
  return Array(buffer[..<used])
}
