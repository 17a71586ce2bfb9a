private import Glibc

/// Seconds of processor time that the calling thread has used: what a test of growth counts, since other tests keep the clock busy.
package var threadTime: Double {
  var time = timespec()
  // clock_gettime fills the structure that it is given.
  _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// How often the time of `small` `large` takes: the least of a few trials, since the machine may be busy with other things.
/// - Parameter enough: a ratio below which no further trial is made.
package func growth(enough: Double, small: () -> Void, large: () -> Void) -> Double {
  var best = Double.infinity
  for _ in 0..<4 where best >= enough {
    let begin = threadTime
    small()
    let middle = threadTime
    large()
    best = min(best, (threadTime - middle) / (middle - begin))
  }
  return best
}
