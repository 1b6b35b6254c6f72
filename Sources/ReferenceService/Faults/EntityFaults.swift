// Payloads that are compared with their entity type in part, or by their spelling.

import JSONValue

extension Fault {
  static let entities: [Fault] = [
    Fault("items-are-not-checked", .major, .payload, "The items of an array in a payload can have any type.") {
      $0.tolerate {
        if case .mismatch(let mismatch) = $0 { mismatch.description.contains("item of the wrong type") } else { false }
      }
    },
    Fault("arrays-of-entities-accepted", .major, .payload, "An array is accepted in the place of an entity.") {
      $0.tolerate {
        if case .mismatch(let mismatch) = $0 { mismatch.description.contains("must be an object") } else { false }
      }
    },
    Fault(
      "refused-entities-are-delivered", .major, .payload, "A payload of another structure is refused, and delivered."
    ) {
      $0.tolerate { if case .mismatch = $0 { true } else { false } }
      $0.onInboundResponse(201) { request, response in
        guard let json = request.body.flatMap({ try? JSON(parsing: $0) }), !isEntity(json) else { return }
        response = ServiceResponse(422, error: "wrong_entity", description: "the payload is of another type")
      }
    },
    spelling("white-space-is-malformed", "White space other than spaces in a payload gets 400.") { body in
      body.contains { [0x09, 0x0A, 0x0D].contains($0) }
    },
    spelling("order-of-members-counts", "A payload whose first member is another one gets 400.") { body in
      guard let members = (try? JSON(parsing: body))?.object else { return false }
      return !["id", "sku"].contains(members.first?.name)
    },
    spelling("escaped-names-are-unknown", "A payload whose names of members have escapes gets 400.") { body in
      let text = String(decoding: body, as: UTF8.self)
      return isEntity((try? JSON(parsing: body)) ?? .null) && !text.contains("\"id\"") && !text.contains("\"sku\"")
    },
  ]

  private static func isEntity(_ json: JSON) -> Bool {
    [.order, .product].contains { (entity: Entity) in entity.mismatch(json) == nil }
  }

  private static func spelling(
    _ name: String, _ sentence: String, _ isRefused: @escaping @Sendable ([UInt8]) -> Bool
  ) -> Fault {
    Fault(name, .major, .payload, sentence) {
      $0.onInboundResponse(201) { request, response in
        guard let body = request.body, isRefused(body) else { return }
        response = ServiceResponse(.malformedPayload("the payload is not JSON"))
      }
    }
  }
}
