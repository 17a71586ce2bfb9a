/// What a capture brings along to decrypt its own traffic: the Decryption Secrets Blocks of a pcapng file
/// (draft-ietf-opsawg-pcapng section 4.7).
package struct DecryptionSecrets: Hashable, Sendable {
  /// The blocks in the order of the file.
  package var blocks: [Block] = []
  /// How many blocks were left out because the limit was reached.
  package var dropped = 0

  package init() {}

  /// Takes blocks as they are met, which is before the packets that need them.
  package protocol Receiver: AnyObject {
    func receive(_ block: Block)
  }

  package struct Block: Hashable, Sendable {
    /// What kind of secrets: 0x544c534b for a TLS key log.
    package var type: UInt32
    package var bytes: [UInt8]

    package init(type: UInt32, bytes: [UInt8]) {
      self.type = type
      self.bytes = bytes
    }
  }
}
