import Wire

// Objects whose members are left out where nothing is known, as the formats of other programs want it. A member finds out
// by itself whether it is the first of its object.
extension OutputBuffer {
  /// Begins a member: a comma where one is due, and its key.
  mutating func member(_ key: StaticString) {
    separate()
    append(literal: "\"", key, "\":")
  }

  private mutating func separate() {
    switch last {
    case UInt8(ascii: "{"), UInt8(ascii: "["): break
    default: append(byte: UInt8(ascii: ","))
    }
  }

  /// A member that is an object; it is left out where nothing is put into it.
  mutating func object(_ key: StaticString, _ members: (inout OutputBuffer) -> Void) {
    let start = count
    member(key)
    append(byte: UInt8(ascii: "{"))
    let empty = count
    members(&self)
    guard count > empty else { return shorten(to: start) }
    append(byte: UInt8(ascii: "}"))
  }

  /// A member that is an array, left out where it has no elements.
  mutating func array<Element>(
    _ key: StaticString, _ elements: [Element], _ appendOne: (inout OutputBuffer, Element) -> Void
  ) {
    guard !elements.isEmpty else { return }
    member(key)
    appendArray(elements, appendOne)
  }

  /// An element of an array that is an object.
  mutating func element(_ members: (inout OutputBuffer) -> Void) {
    append(byte: UInt8(ascii: "{"))
    members(&self)
    append(byte: UInt8(ascii: "}"))
  }

  mutating func member(_ key: StaticString, _ number: Int?) {
    guard let number else { return }
    member(key)
    append(number)
  }

  mutating func member(_ key: StaticString, _ isSo: Bool?) {
    guard let isSo else { return }
    member(key)
    append(isSo ? "true" : "false")
  }

  /// A word of our own, which needs no escape.
  mutating func member(_ key: StaticString, word: String?) {
    guard let word else { return }
    member(key)
    append(byte: UInt8(ascii: "\""))
    append(word)
    append(byte: UInt8(ascii: "\""))
  }

  mutating func member(_ key: StaticString, text: String?) {
    guard let text else { return }
    member(key)
    appendJSON(text.utf8.span)
  }

  mutating func member(_ key: StaticString, status: EnhancedStatus?) {
    guard let status else { return }
    member(key)
    append(status)
  }

  /// Text from the wire.
  mutating func member(_ key: StaticString, bytes: [UInt8]?) {
    guard let bytes else { return }
    member(key)
    appendJSON(bytes.span)
  }

  mutating func member(_ key: StaticString, texts: [String]) {
    array(key, texts) { $0.appendJSON($1.utf8.span) }
  }

  mutating func member(_ key: StaticString, address: IPAddress) {
    member(key)
    append(byte: UInt8(ascii: "\""))
    append(address)
    append(byte: UInt8(ascii: "\""))
  }

  mutating func member(_ key: StaticString, time: CaptureTime?, decimals: Int) {
    guard let time else { return }
    member(key)
    append(byte: UInt8(ascii: "\""))
    append(time, decimals: decimals)
    append(byte: UInt8(ascii: "\""))
  }

  mutating func member(_ key: StaticString, milliseconds nanoseconds: Int64?) {
    guard let nanoseconds else { return }
    member(key)
    append(milliseconds: nanoseconds)
  }

  mutating func member(communityID key: StaticString, of connection: (one: Endpoint, other: Endpoint)) {
    member(key)
    append(byte: UInt8(ascii: "\""))
    appendCommunityID(connection.one, connection.other)
    append(byte: UInt8(ascii: "\""))
  }
}
