internal import CArchive
internal import CPcap
private import Glibc

/// Why a library that is loaded when it is first asked for is not there, in the system's words.
struct MissingLibrary: Error, CustomStringConvertible {
  let description: String
}

/// libpcap: see the header of CPcap.
enum Libpcap {
  static let functions = unsafe loaded { unsafe load_pcap_functions($0) }
}

/// libarchive: see the header of CArchive.
enum Libarchive {
  static let functions = unsafe loaded { unsafe load_archive_functions($0) }
}

/// A library's functions as the loader fills them in.
private func loaded<Functions: BitwiseCopyable>(
  _ load: (UnsafeMutablePointer<Functions>) -> UnsafePointer<CChar>?
) -> Result<Functions, MissingLibrary> {
  // Every field is filled in where no word comes back; the words live until the next call and are copied.
  let functions = UnsafeMutablePointer<Functions>.allocate(capacity: 1)
  defer { unsafe functions.deallocate() }
  if let words = unsafe load(functions) { return .failure(MissingLibrary(description: unsafe String(cString: words))) }
  return unsafe .success(functions.pointee)
}
