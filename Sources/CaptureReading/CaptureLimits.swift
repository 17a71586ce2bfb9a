/// What reading captures may cost, whatever they claim.
package struct CaptureLimits: Sendable {
  /// A pcapng block longer than this is taken for a lie: a length of 4 GB would be allocated before it is found to be
  /// missing.
  package var longestBlock = 16 << 20
  /// Interfaces of one pcapng section; a file of nothing but interface descriptions would fill the memory.
  package var mostInterfaces = 65_536
  /// Bytes of decryption secrets kept for each input; a file of nothing but secrets would fill the memory. Further ones
  /// are counted and dropped.
  package var mostSecretBytes = 16 << 20
  /// Blocks of secrets kept for each input: empty ones cost memory too.
  package var mostSecretBlocks = 65_536
  /// Members of one archive that are looked at; an archive of millions of tiny captures would fill the memory.
  package var mostMembers = 10_000
  /// Inputs that are held open at a time while others wait for their first packet's time: each costs a descriptor and a
  /// buffer.
  package var mostOpenInputs = 64
  /// Notices kept about members that are not captures.
  package var mostNotices = 100
  /// The buffer of each input that is read, in bytes.
  package var bufferSize = 256 << 10

  package init() {}
}
