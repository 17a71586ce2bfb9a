import FuzzDriver
import FuzzHeaders

drive(HeadersTarget.self)
