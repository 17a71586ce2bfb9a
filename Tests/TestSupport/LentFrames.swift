public import Wire

/// Frames in memory as a reader lends it: one piece after the other, in each as many as fit.
public struct LentFrames {
  private var block: SharedBytes
  private var used = 0
  private let size: Int

  /// - Parameter size: How many bytes a piece has; a longer frame does not fit.
  public init(piecesOf size: Int) {
    self.size = size
    block = SharedBytes(count: size)
  }

  /// Puts a frame behind those before it: where it lies, and the piece that it begins; nil where it goes on in the same one.
  public mutating func add(_ bytes: [UInt8]) -> (place: Int, newPiece: SharedBytes?) {
    let isNew = used == 0 || used + bytes.count > size
    if isNew {
      block = SharedBytes(count: size)
      used = 0
    }
    guard used + bytes.count <= size else { return (-1, nil) }
    unsafe bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      // The piece has room for them behind what is used, where nobody reads yet.
      unsafe (block.start + used).copyMemory(from: base, byteCount: bytes.count)
    }
    defer { used += bytes.count }
    return (used, isNew ? block : nil)
  }
}
