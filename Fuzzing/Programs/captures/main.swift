import FuzzCaptures
import FuzzDriver

drive(CapturesTarget.self)
