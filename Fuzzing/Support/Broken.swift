/// A part of the program that takes bytes of strangers.
package protocol FuzzedPart {
  /// Feeds it; throws where something does not hold that must.
  static func receive(_ input: Span<UInt8>) throws(Broken)
}

/// Something that must hold did not.
package struct Broken: Error, CustomStringConvertible {
  package var description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// Throws unless it holds.
package func demand(_ holds: Bool, _ words: @autoclosure () -> String) throws(Broken) {
  if !holds { throw Broken(words()) }
}
