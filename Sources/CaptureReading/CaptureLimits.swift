/// What reading captures may cost, whatever they claim.
public struct CaptureLimits: Sendable {
  /// A pcapng block longer than this is taken for a lie: a length of 4 GB would be allocated before it is found to be
  /// missing.
  public var longestBlock = 16 << 20
  /// Interfaces of one pcapng section; a file of nothing but interface descriptions would fill the memory.
  public var mostInterfaces = 65_536
  /// Bytes of decryption secrets kept for each input; a file of nothing but secrets would fill the memory. Further ones
  /// are counted and dropped.
  public var mostSecretBytes = 16 << 20
  /// Blocks of secrets kept for each input: empty ones cost memory too.
  public var mostSecretBlocks = 65_536
  /// Members of one archive that are looked at; an archive of millions of tiny captures would fill the memory.
  public var mostMembers = 10_000
  /// Inputs that are held open at a time while others wait for their first packet's time: each costs a descriptor and a
  /// buffer.
  public var mostOpenInputs = 64
  /// Notices kept about members that are not captures.
  public var mostNotices = 100
  /// The buffer of each input that is read, in bytes.
  public var bufferSize = 256 << 10

  /// The defaults, far above what real captures have.
  public init() {}
}
