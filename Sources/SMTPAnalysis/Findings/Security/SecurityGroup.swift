/// Authentication and TLS. What failed for another finding's reason stands behind that.
enum SecurityGroup {
  static let checks: [any FindingCheck.Type] = [
    AuthFailed.self, AuthRequired.self, AuthSyntax.self, TLSRequired.self, STARTTLSRefused.self, STARTTLSStripped.self,
    MiddleboxInspection.self, STARTTLSInjection.self, STARTTLSResponseInjection.self, TLSGarbage.self,
    TLSHandshakeFailed.self, TLSLeftUnsaid.self, TLSClientCertificateMissing.self, TLSOutdated.self,
    CertificateExpired.self,
    CertificateSelfSigned.self, CertificateNameMismatch.self, EHLONotRepeated.self, OutcomeEncrypted.self,
    STARTTLSNotOffered.self, STARTTLSNotUsed.self,
  ]
}
