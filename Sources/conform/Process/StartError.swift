// Why a run could not start.

import ConformanceModel

/// A mistake in the files or the arguments, or a target that cannot be used: no case has begun.
struct StartError: Error {
  struct Message {
    var text: String
    var place: Place?
  }

  var status: ExitStatus
  /// The log of the last run stays in its place, and no report says what is wrong.
  var keepsLog = false
  /// What is wrong, for the console.
  var lines: [String]
  /// The same for reports.
  var messages: [Message]

  init(_ status: ExitStatus, _ text: String) {
    self.status = status
    lines = [text]
    messages = [Message(text: text)]
  }

  init(_ status: ExitStatus, _ messages: [Message], lines: [String]) {
    self.status = status
    self.messages = messages
    self.lines = lines
  }

  func print() {
    for line in lines { Output.error(line) }
  }
}
