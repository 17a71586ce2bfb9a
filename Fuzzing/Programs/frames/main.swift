import FuzzDriver
import FuzzFrames

drive(FramesTarget.self)
