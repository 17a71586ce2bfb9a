import FuzzDriver
import FuzzOutputs

drive(OutputsTarget.self)
