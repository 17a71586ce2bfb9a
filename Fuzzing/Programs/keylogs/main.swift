import FuzzDriver
import FuzzKeyLogs

drive(KeyLogsTarget.self)
