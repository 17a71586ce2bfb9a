import Glibc

// Works through one part of smtpscope again and again, so that a tool can count its instructions.
//
//   micro --list            the kernels, a name a line
//   micro KERNEL PASSES     what was done: so many operations, and what an operation is

/// A part of the program that is measured by itself.
protocol Kernel {
  /// What an operation is.
  static var unit: String { get }
  /// Makes the input, which is always the same.
  init()
  /// Works through the input once; how many operations that were, counted from what came out.
  mutating func pass() -> Int
}

@main
enum Micro {
  static var kernels: [(name: String, type: any Kernel.Type)] {
    [
      ("decode", DecodeKernel.self),
      ("reassembly", ReassemblyKernel.self),
      ("reassembly-reordered", ReorderedReassemblyKernel.self),
      ("lines", LineKernel.self),
      ("dialogue", DialogueKernel.self),
      ("text", TextKernel.self),
      ("header", HeaderKernel.self),
      ("json", RecordKernel.self),
      ("message", MessageKernel.self),
      ("session", SessionKernel.self),
    ]
  }

  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.elementsEqual(["--list"]) {
      for kernel in kernels { print(kernel.name) }
      return
    }
    guard arguments.count == 2, let name = arguments.first, let passes = arguments.last.flatMap(Int.init), passes > 0,
      let kernel = kernels.first(where: { $0.name == name })
    else {
      print("usage: micro --list | micro KERNEL PASSES")
      exit(2)
    }
    print(run(kernel.type, passes: passes), kernel.type.unit)
  }

  private static func run(_ type: (some Kernel).Type, passes: Int) -> Int {
    var kernel = type.init()
    var operations = 0
    for _ in 0..<passes { operations += kernel.pass() }
    return operations
  }
}
