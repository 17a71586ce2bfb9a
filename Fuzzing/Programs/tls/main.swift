import FuzzDriver
import FuzzTLS

drive(TLSTarget.self)
