// A program signs the payloads of a target.

import ConformanceModel
import HTTPModel
import JSONValue

struct PayloadSigner {
  let signature: Target.PayloadSignature
  let programs: ProgramRunner

  /// The request with the header fields that the program prints, each in place of those with its name.
  ///
  /// - Parameter now: The time of the target.
  /// - Throws: `TargetError` if the program fails, or prints something else.
  func sign(_ request: WireRequest, at now: SimulatedInstant) async throws -> WireRequest {
    let input: JSON = [
      "operation": "sign-payload", "method": .string(request.method), "url": .string(request.url),
      "headers": .array(request.headers.map { ["name": .string($0.name), "value": .string($0.value)] }),
      "body": .string(Base64.encode(request.body ?? [])), "time": .string(now.description), "epoch": .int(now.seconds),
    ]
    let output = try await programs.run(
      signature.command, [:], input, signature.program, to: "sign a payload")
    guard let headers = StepResult(output).body?["headers"]?.object else {
      throw TargetError(#"the command that signs payloads printed no JSON such as {"headers": {"X-Signature": "…"}}"#)
    }
    var signed = request
    for header in headers {
      guard let value = header.value.scalarText else {
        throw TargetError("the command that signs payloads printed a header field '\(header.name)' that is not text")
      }
      signed.headers.removeAll { $0.name.lowercased() == header.name.lowercased() }
      signed.headers.append(HeaderField(header.name, value))
    }
    return signed
  }
}
