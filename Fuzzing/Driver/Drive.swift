// FuzzDriver: libFuzzer over one target. Options are libFuzzer's own; `make fuzz` gives them.

private import CLibFuzzer
package import FuzzSupport
private import Glibc

/// Runs libFuzzer with the arguments of the command line, and ends with its status.
package func drive(_ part: any FuzzedPart.Type) -> Never {
  unsafe target = part
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
            try unsafe target?.receive(input)
          } catch {
            fatalError(error.description)
          }
          return 0
        }
      }
    })
}

/// libFuzzer's callback is C's and carries nothing. It is written once, before the first execution, in the one thread.
private nonisolated(unsafe) var target: (any FuzzedPart.Type)?
