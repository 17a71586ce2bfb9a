import FuzzDriver
import FuzzMIME

drive(MIMETarget.self)
