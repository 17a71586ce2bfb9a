import FuzzDialogue
import FuzzDriver

drive(DialogueTarget.self)
