internal import Crypto
internal import Wire

// JA3 and JA3S (Salesforce, 2017): the MD5 of what a hello lists, as decimal numbers.

extension ClientHello {
  /// JA3: the MD5 of `version,ciphers,extensions,groups,point formats`, GREASE left out.
  public var ja3: String { String(hexadecimal: Insecure.MD5.hash(data: ja3Octets)) }

  private var ja3Octets: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(6 * (cipherSuites.count + extensions.count + groups.count + pointFormats.count + 2))
    text.append(decimal: legacyVersion.code)
    text.append(UInt8(ascii: ","))
    text.append(joined: cipherSuites.lazy.map(\.code).filter { !GREASE.contains($0) })
    text.append(UInt8(ascii: ","))
    text.append(joined: extensions.lazy.filter { !GREASE.contains($0) })
    text.append(UInt8(ascii: ","))
    text.append(joined: groups.lazy.map(\.code).filter { !GREASE.contains($0) })
    text.append(UInt8(ascii: ","))
    text.append(joined: pointFormats.lazy.map { UInt16($0) })
    return text
  }
}

extension ServerHello {
  /// JA3S: the MD5 of `version,cipher,extensions`.
  public var ja3s: String { String(hexadecimal: Insecure.MD5.hash(data: ja3sOctets)) }

  private var ja3sOctets: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(6 * (extensions.count + 2))
    text.append(decimal: legacyVersion.code)
    text.append(UInt8(ascii: ","))
    text.append(decimal: cipherSuite.code)
    text.append(UInt8(ascii: ","))
    text.append(joined: extensions)
    return text
  }
}

extension [UInt8] {
  /// Appends one to five digits.
  fileprivate mutating func append(decimal number: UInt16) {
    var unit: UInt16 = 10_000
    while unit > 1, number < unit { unit /= 10 }
    while unit > 0 {
      append(0x30 + UInt8(truncatingIfNeeded: number / unit % 10))
      unit /= 10
    }
  }

  /// Appends numbers with hyphens between.
  fileprivate mutating func append(joined numbers: some Sequence<UInt16>) {
    var isFirst = true
    for number in numbers {
      if !isFirst { append(UInt8(ascii: "-")) }
      isFirst = false
      append(decimal: number)
    }
  }
}
