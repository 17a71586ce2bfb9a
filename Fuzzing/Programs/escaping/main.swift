import FuzzDriver
import FuzzEscaping

drive(EscapingTarget.self)
