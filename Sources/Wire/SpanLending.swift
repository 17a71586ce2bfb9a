// Elements that are looked at where they lie. What a subscript gives to a call that may write is copied first, each reference
// in it counted: here the element cannot be copied, for all that is known of its type.
extension Span where Element: ~Copyable {
  /// Lends the element at `index`, which is checked, to `body`, and with it a value that `body` may change.
  @inlinable
  public func lend<Taker: ~Copyable, Result>(
    _ index: Int, to taker: inout Taker, _ body: (borrowing Element, inout Taker) -> Result
  ) -> Result {
    body(self[index], &taker)
  }

  /// Lends the element at `index`, which is checked, to `body`.
  @inlinable
  public func lend<Result>(_ index: Int, _ body: (borrowing Element) -> Result) -> Result {
    body(self[index])
  }
}
