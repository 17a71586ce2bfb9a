/// What the client says out of turn or out of form. A check that keeps silent because of what another found stands behind it.
enum ClientGroup {
  static let checks: [any FindingCheck.Type] = [
    EarlyTalker.self, MissingHELO.self, CommandOutOfOrder.self, ChunkSizeMismatch.self, DotNotStuffed.self,
    CommandUnknown.self, CommandSyntax.self, CommandTooLong.self, PathTooLong.self, HELOSyntax.self,
    ParameterNotOffered.self, PipeliningNotOffered.self, PipeliningPastBarrier.self, BareLF.self, BareCR.self,
    NonstandardEndOfData.self, LineTooLong.self, EightBitNotDeclared.self, NULInData.self, SizeUnderdeclared.self,
    SizeLimitHeeded.self, SMTPUTF8Missing.self, TransactionAbandoned.self, NoQUIT.self, CredentialsInClear.self,
  ]
}
