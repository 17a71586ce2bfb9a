internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials
private import Wire

/// AES in CCM, counter mode with a CBC-MAC (RFC 3610), which swift-crypto has not: put together of its counter mode and its
/// CBC mode, whose last block is the CBC-MAC.
struct CounterCBCMAC {
  let key: SymmetricKey
  /// M of the RFC.
  let tagLength: Int

  private static let blockLength = 16

  /// Opens what was sealed, and replaces `plaintext` by it; false when it is not authentic.
  func open(
    _ sealed: Span<UInt8>, nonce: Span<UInt8>, authenticating associated: Span<UInt8>, into plaintext: inout [UInt8]
  ) -> Bool {
    plaintext.removeAll(keepingCapacity: true)
    let length = sealed.count - tagLength
    guard length >= 0, let opened = counted(sealed, nonce: nonce, length: length) else { return false }
    let text = opened[Self.blockLength...]
    guard let code = code(of: text, nonce: nonce, authenticating: associated) else { return false }
    var difference: UInt8 = 0
    for index in 0..<tagLength { difference |= code[index] ^ opened[index] }
    guard difference == 0 else { return false }
    plaintext.append(contentsOf: text)
    return true
  }

  /// The tag and the text through counter mode: block 0 is the tag's, the others are the text's (section 2.3).
  private func counted(_ sealed: Span<UInt8>, nonce: Span<UInt8>, length: Int) -> [UInt8]? {
    var counter: [UInt8] = [UInt8(truncatingIfNeeded: lengthOctets(nonce) - 1)]
    counter.append(nonce)
    counter += repeatElement(0, count: lengthOctets(nonce))
    var input: [UInt8] = []
    input.reserveCapacity(Self.blockLength + length)
    input.append(sealed.extracting(last: tagLength))
    input += repeatElement(0, count: Self.blockLength - tagLength)
    input.append(sealed.extracting(first: length))
    guard let first = try? AES._CTR.Nonce(nonceBytes: counter),
      let output = try? AES._CTR.decrypt(input, using: key, nonce: first)
    else { return nil }
    return Array(output)
  }

  /// The CBC-MAC (section 2.2) of the lengths and the nonce, what is authenticated beside the text, and the text.
  private func code(
    of text: ArraySlice<UInt8>, nonce: Span<UInt8>, authenticating associated: Span<UInt8>
  ) -> [UInt8]? {
    let lengthOctets = lengthOctets(nonce)
    var blocks: [UInt8] = []
    blocks.reserveCapacity(text.count + associated.count + 4 * Self.blockLength)
    let flags = (associated.isEmpty ? 0 : 64) + 8 * ((tagLength - 2) / 2) + (lengthOctets - 1)
    blocks.append(UInt8(truncatingIfNeeded: flags))
    blocks.append(nonce)
    for index in (0..<lengthOctets).reversed() { blocks.append(UInt8(truncatingIfNeeded: text.count >> (8 * index))) }
    if !associated.isEmpty {
      // In this form up to 65279 octets, of which a record has 13.
      blocks.append(bigEndian: UInt16(truncatingIfNeeded: associated.count))
      blocks.append(associated)
      pad(&blocks)
    }
    blocks += text
    pad(&blocks)
    let zeros = [UInt8](repeating: 0, count: Self.blockLength)
    guard let start = try? AES._CBC.IV(ivBytes: zeros),
      let output = try? AES._CBC.encrypt(blocks, using: key, iv: start, noPadding: true)
    else { return nil }
    return Array(output.suffix(Self.blockLength))
  }

  /// L of the RFC: how many octets are left for lengths and counters.
  private func lengthOctets(_ nonce: Span<UInt8>) -> Int { Self.blockLength - 1 - nonce.count }

  private func pad(_ blocks: inout [UInt8]) {
    let over = blocks.count % Self.blockLength
    if over > 0 { blocks += repeatElement(0, count: Self.blockLength - over) }
  }
}
