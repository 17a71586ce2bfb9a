internal import SMTPDialogue
internal import Wire

/// Whether one frame was captured before another. Their numbers do not tell alone: they begin anew in each file.
func isBefore(_ one: (frame: Int, time: CaptureTime), _ other: (frame: Int, time: CaptureTime)) -> Bool {
  one.time != other.time ? one.time < other.time : one.frame < other.frame
}

extension Moment {
  var place: (frame: Int, time: CaptureTime) { (frame, time) }
}

extension FrameDescriptor {
  var place: (frame: Int, time: CaptureTime) { (number, time) }
}
