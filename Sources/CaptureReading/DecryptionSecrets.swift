/// What a capture brings along to decrypt its own traffic: the Decryption Secrets Blocks of a pcapng file
/// (draft-ietf-opsawg-pcapng section 4.7).
public struct DecryptionSecrets: Hashable, Sendable {
  /// The blocks in the order of the file.
  public var blocks: [Block] = []
  /// How many blocks were left out because the limit was reached.
  public var dropped = 0

  /// No block, none left out.
  public init() {}

  /// Takes blocks before the packets that need them, as far as that can be known; some come twice.
  public protocol Receiver: AnyObject {
    func receive(_ block: Block)
  }

  /// One Decryption Secrets Block.
  public struct Block: Hashable, Sendable {
    /// What kind of secrets: 0x544c534b for a TLS key log.
    public var type: UInt32
    /// The secrets themselves, without the block's head and padding; of a TLS key log its text.
    public var bytes: [UInt8]

    /// Made of the number of the kind and the secrets themselves.
    public init(type: UInt32, bytes: [UInt8]) {
      self.type = type
      self.bytes = bytes
    }
  }
}
