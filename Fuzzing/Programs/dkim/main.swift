import FuzzDKIM
import FuzzDriver

drive(DKIMTarget.self)
