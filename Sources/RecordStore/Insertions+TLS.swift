import GRDB
internal import PeerCertificates
internal import Reports
internal import SMTPAnalysis
internal import TLSHandshake

extension Insertions {
  func insert(_ use: TLSUse, ofSession id: Int64) throws {
    let details = use.details
    let handshake = details?.handshake
    // Of a part of a hello they would be those of another one.
    let clientHello = handshake?.clientHello.flatMap { $0.isWhole ? $0 : nil }
    let serverHello = handshake?.serverHello.flatMap { $0.isWhole ? $0 : nil }
    let failed = use.outcome == .failed ? handshake : nil
    var row = Row(columns: 23)
    row.add(id)
    row.add(word: use.method.rawValue)
    row.add(word: use.outcome.rawValue)
    row.add(use.isReadable)
    row.add(text: handshake?.version?.name)
    row.add(text: handshake?.cipherSuite?.name)
    row.add(text: handshake?.group)
    row.add(handshake?.isResumed)
    row.add(wire: handshake?.clientHello?.serverName)
    row.add(wire: handshake?.serverHello?.applicationProtocol)
    row.add(word: clientHello?.ja3)
    row.add(word: serverHello?.ja3s)
    row.add(word: clientHello?.ja4)
    row.add(word: details?.clientCertificate?.rawValue)
    row.add(details?.encryptedAlerts.client)
    row.add(details?.encryptedAlerts.server)
    row.add(text: details?.keyUse?.words)
    row.add(details?.refusedRecords)
    row.add(word: failed?.last?.from.word)
    row.add(word: failed?.last?.name)
    row.add(word: failed?.clientHello.map { hello in StoredText.text { $0.appendOffer(hello) } })
    try insert(row, into: .tls)

    for (index, certificate) in (details?.certificates ?? []).enumerated() {
      try insert(certificate)
      var row = Row(columns: 3)
      row.add(id)
      row.add(index + 1)
      row.add(word: certificate.sha256)
      try insert(row, into: .sessionCertificates)
    }
    for (index, alert) in (details?.alerts ?? []).enumerated() {
      var row = Row(columns: 6)
      row.add(id)
      row.add(index + 1)
      row.add(word: alert.from.word)
      row.add(word: alert.levelName)
      row.add(word: alert.description.name)
      row.add(alert.place.frame)
      try insert(row, into: .tlsAlerts)
    }
  }

  private func insert(_ certificate: PeerCertificate) throws {
    var row = Row(columns: 9)
    row.add(word: certificate.sha256)
    row.add(text: certificate.subject)
    row.add(text: certificate.issuer)
    row.add(word: certificate.notBefore?.text)
    row.add(word: certificate.notAfter?.text)
    row.add(word: StoredText.array(certificate.dnsNames))
    row.add(text: certificate.key.kind)
    row.add(certificate.key.bits)
    row.add(text: certificate.signatureAlgorithm)
    try insert(row, into: .certificates)
  }
}
