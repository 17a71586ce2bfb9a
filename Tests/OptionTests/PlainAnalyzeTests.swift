import ArgumentParser
import Testing

@testable import smtpscope

/// A command line of captures alone does without the parser: `PlainAnalyze.swift` says once more what every option is where
/// nobody says anything. Here both are held side by side, so that an option that is new or has another default is told there
/// too.
@Suite struct PlainAnalyzeTests {
  @Test(arguments: OutputFormat.allCases)
  func `without the parser every option is as with it`(format: OutputFormat) throws {
    for words in [["a.pcap", "-", "b.pcap"], ["--format", format.rawValue, "a.pcap"]] {
      let plain = try #require(Analyze(plain: words[...]))
      let parsed = try #require(try Analyze.parseAsRoot(words) as? Analyze)
      let options = optionValues(of: parsed)
      #expect(options["format"] != nil && options["common.captures"] != nil && options["common.selection.to"] != nil)
      #expect(optionValues(of: plain) == options)
    }
  }

  @Test(arguments: [[], ["--format"], ["--format", "xml", "a"], ["--format", "json"], ["a", "--all"], ["-q", "a"]])
  func `what is more than captures is parsed`(words: [String]) {
    #expect(Analyze(plain: words[...]) == nil)
  }
}

/// The values of all options by their names; `unset` where the parser would stop the program that asks for one.
///
/// They are read out of the parser's wrappers, for these also hold what the help says, which one that was parsed lacks.
private func optionValues(of options: Any) -> [String: String] {
  var values: [String: String] = [:]
  for option in Mirror(reflecting: options).children {
    guard let name = option.label?.dropFirst(), let state = Mirror(reflecting: option.value).descendant("_parsedValue")
    else { continue }
    guard let value = Mirror(reflecting: state).descendant("value") else {
      values[String(name)] = "unset"
      continue
    }
    if let group = value as? any ParsableArguments {
      for (inner, value) in optionValues(of: group) { values["\(name).\(inner)"] = value }
    } else {
      values[String(name)] = String(reflecting: value)
    }
  }
  return values
}
