// fuzz: libFuzzer over one target, which SMTPSCOPE_FUZZ_TARGET names; `make fuzz` sets it. Options are libFuzzer's own.

import CLibFuzzer
import FuzzTargets
import Glibc

guard let target = FuzzTarget.chosen else {
  print("SMTPSCOPE_FUZZ_TARGET is one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
  exit(2)
}
// An environment variable and not an argument, since libFuzzer starts itself anew with arguments of its own.
var count = CommandLine.argc
var arguments = unsafe CommandLine.unsafeArgv
// The C library's array, with a null behind its end, for the life of the process.
exit(
  unsafe withUnsafeMutablePointer(to: &arguments) { arguments in
    unsafe arguments.withMemoryRebound(
      to: Optional<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>.self, capacity: 1
    ) {
      unsafe LLVMFuzzerRunDriver(&count, $0) { start, count in
        // libFuzzer keeps the bytes there during the call.
        let input = unsafe Span(_unsafeElements: UnsafeBufferPointer(start: start, count: count))
        do throws(Broken) {
          try FuzzTarget.chosen?.receive(input)
        } catch {
          fatalError(error.description)
        }
        return 0
      }
    }
  })

extension FuzzTarget {
  static let chosen = unsafe getenv("SMTPSCOPE_FUZZ_TARGET").flatMap {
    unsafe FuzzTarget(rawValue: String(cString: $0))
  }
}
