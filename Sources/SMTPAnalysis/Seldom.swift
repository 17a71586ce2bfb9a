/// What most of a kind have not. It is kept elsewhere, so that those without it are small: sessions wait by the hundred
/// thousand, and each line of memory of theirs is a wait.
@propertyWrapper
struct Seldom<Value> {
  /// One at most.
  private var kept: [Value] = []

  var wrappedValue: Value? {
    get { kept.first }
    set { kept = newValue.map { [$0] } ?? [] }
  }

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }
}

extension Seldom: Equatable where Value: Equatable {}
extension Seldom: Sendable where Value: Sendable {}
