// Runs the embedder over the folder of the pack whenever one of its files has changed.

import Foundation
import PackagePlugin

@main struct PackEmbedderPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    let root = context.package.directoryURL.appending(path: "Scenarios")
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
    var files: [URL] = []
    let names = FileManager.default.enumerator(
      at: root, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles])
    while let file = names?.nextObject() as? URL {
      if try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true { files.append(file) }
    }
    files.sort { $0.path < $1.path }
    return [
      .buildCommand(
        displayName: "Embedding the pack", executable: try context.tool(named: "PackEmbedder").url,
        arguments: [output.path, root.path] + files.map(\.path), inputFiles: files, outputFiles: [output])
    ]
  }
}
