private import CLinux
private import Glibc
internal import Wire

/// Giving up what a live run needs no more once its interfaces are open.
enum Privileges {
  /// Becomes another user where this one is root, keeps no capability, and can never gain any again.
  ///
  /// To be called before there are other threads: capabilities are a thread's own, and those that it starts inherit them.
  ///
  /// - Parameter user: Whom to become; nil for nobody where this is root, and for no change where it is not.
  /// - Returns: The user's name where it was changed.
  static func drop(to user: String?) throws(Failure) -> String? {
    let isRoot = geteuid() == 0
    var changed: String?
    if isRoot || user != nil {
      let name = user ?? "nobody"
      guard isRoot else {
        throw Failure(status: .usage, message: "--user: only root can become another user.")
      }
      // The entry stays valid until the next such call.
      guard let entry = unsafe getpwnam(name) else {
        throw Failure(status: .usage, message: "--user: there is no user \(String(visible: name)).")
      }
      let (id, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
      // Kept in the bounding set, a capability could come back with a program that is run; this one runs none.
      for capability in 0..<Self.mostCapabilities { _ = drop_bounding_capability(capability) }
      // Where root calls them, they set the real, the effective and the saved one. Who is to stay root may have lost the
      // right to do so already.
      if id != 0 {
        guard unsafe initgroups(name, group) == 0, setgid(group) == 0, setuid(id) == 0 else {
          throw Failure(
            status: .usage, message: "cannot become \(String(visible: name)): \(systemWords()).")
        }
      }
      guard id == 0 || setuid(0) != 0 else {
        throw Failure(status: .usage, message: "cannot give up being root.")
      }
      changed = name
    }
    _ = clear_ambient_capabilities()
    guard clear_capabilities() == 0, forbid_new_privileges() == 0 else {
      throw Failure(status: .usage, message: "cannot give up capabilities: \(systemWords()).")
    }
    return changed
  }

  /// More than Linux has; those that there are not are refused.
  private static let mostCapabilities: Int32 = 64
}

/// Confining a live run to the directories that it writes to, by Landlock.
enum Confinement {
  /// What is confined: everything that changes files, and running programs. Reading is not: names of interfaces, the state
  /// of the process and its user are read.
  private static let rights: UInt64 = {
    var rights: UInt64 = 0
    // Execute, write a file, remove, make anything, move into another directory, truncate.
    for bit in [0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] as [UInt64] { rights |= 1 << bit }
    return rights
  }()
  private static let truncate: UInt64 = 1 << 14
  /// Write, remove a directory or file, make a directory or file, move, truncate.
  private static let allowed: UInt64 = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 13 | 1 << 14

  /// From now on nothing can be written but beneath these directories. What is open stays open.
  ///
  /// - Returns: Why there is no confinement, to be said; nil where there is.
  static func restrict(to directories: [String]) -> String? {
    let version = landlock_version()
    guard version > 0 else { return "the kernel has no Landlock (\(systemWords()))" }
    // Before the second version nothing can be moved from directory to directory, which a Maildir needs.
    guard version >= 2 else { return "the kernel's Landlock is of version \(version), and 2 is needed" }
    let known = version >= 3 ? rights : rights & ~truncate
    let ruleset = landlock_make_ruleset(known)
    guard ruleset >= 0 else { return "Landlock: \(systemWords())" }
    defer { close(ruleset) }
    for path in directories {
      let directory = unsafe open_place(path)
      guard directory >= 0 else { continue }  // what is opened in it says why it cannot be
      defer { close(directory) }
      guard landlock_allow_beneath(ruleset, directory, allowed & known) == 0 else {
        return "Landlock: \(systemWords())"
      }
    }
    return landlock_restrict(ruleset) == 0 ? nil : "Landlock: \(systemWords())"
  }
}

/// What the system says of the last call that failed.
private func systemWords() -> String {
  // A constant of the C library's, copied at once.
  unsafe String(cString: strerror(errno))
}
