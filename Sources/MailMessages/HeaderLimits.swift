/// The bounds of reading a header section, each against an attack by whoever wrote the message.
package struct HeaderLimits: Equatable, Sendable {
  /// Bytes of the header section that are read; against a header without end. Real ones with one field of 400 KB exist.
  package var bytes = 1 << 20
  /// Character sets converted by the C library in one header section; against encoded words that name another one each
  /// and so load a converter each. Words in further ones keep their ASCII.
  package var characterSets = 8
  /// Byte sequences that a declared character set cannot hold before a run of encoded words keeps only its ASCII; against
  /// text made to fail at every byte, each failure costing a call.
  package var undecodableSequences = 1000

  /// The defaults, fit for a daemon.
  package init() {}
}
