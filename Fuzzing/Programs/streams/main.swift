import FuzzDriver
import FuzzStreams

drive(StreamsTarget.self)
