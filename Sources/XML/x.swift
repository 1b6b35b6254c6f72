public struct XMLDocument { public init(parsing: [UInt8]) throws {}; public func text(xpath: String) throws -> [String] { [] } }
