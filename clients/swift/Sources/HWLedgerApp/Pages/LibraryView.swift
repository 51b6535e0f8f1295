#if canImport(SwiftUI)
  import HWLedgerFormat
  import HWLedgerViewModels
  import SwiftUI

  struct LibraryView: View {
    @Bindable var page: LibraryPage

    var body: some View {
      List {
        if let failure = page.failure { FailureLabel(failure: failure) }
        Section("In memory") {
          ForEach(page.loaded) { LoadedModelRow(model: $0, page: page) }
        }
        Section("On disk") {
          ForEach(page.found) { ModelRow(model: $0, page: page) }
        }
      }
      .searchable(text: $page.search, prompt: "Name or path")
      .toolbar {
        Button("Refresh", systemImage: "arrow.clockwise") { Task { await page.refresh() } }
          .keyboardShortcut("r")
      }
      .task {
        await page.refresh()
        while (try? await Task.sleep(for: .seconds(2))) != nil {
          await page.refreshLoaded()
        }
      }
    }
  }

  private struct LoadedModelRow: View {
    let model: LoadedModel
    let page: LibraryPage

    var body: some View {
      HStack {
        Text(model.id)
        if model.isPinned { Image(systemName: "pin.fill").accessibilityLabel("Pinned") }
        Spacer()
        Text("\(model.activeRequests) active, \(model.queuedRequests) waiting")
          .foregroundStyle(.secondary)
        Text(memoryText(model.measuredBytes)).monospacedDigit()
        Button(model.isPinned ? "Unpin" : "Pin") { page.load(model.id, pinned: !model.isPinned) }
        Button("Unload") { Task { await page.unload(model.id) } }
          .disabled(model.state != .ready)
      }
    }
  }

  private struct ModelRow: View {
    let model: LibraryModel
    let page: LibraryPage

    var body: some View {
      HStack {
        VStack(alignment: .leading) {
          Text(model.id)
          if let path = model.path {
            Text(path).font(.caption).foregroundStyle(.secondary).truncationMode(.middle)
          }
          if let problem = model.problem { Text(problem).font(.caption).foregroundStyle(.red) }
        }
        Spacer()
        if let size = model.sizeOnDisk { Text(memoryText(size)).monospacedDigit() }
        if let fraction = page.loading[model.id] {
          ProgressView(value: fraction).frame(width: 80).accessibilityLabel("Loading")
          Button("Stop") { page.cancelLoad(model.id) }
        } else if model.path != nil || model.source == .demo {
          Button("Load") { page.load(model.id) }
        }
      }
    }
  }
#endif
