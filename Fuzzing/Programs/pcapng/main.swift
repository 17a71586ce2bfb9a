import FuzzDriver
import FuzzPcapNG

drive(PcapNGTarget.self)
