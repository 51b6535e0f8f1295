pragma ComponentBehavior: Bound

import QtQuick
import HwLedger

// Markdown, block by block: while it is being written only its last block changes,
// so that a long answer is not laid out anew for each frame.
Column {
    id: view

    property string content
    // Otherwise the text is shown as it is.
    property bool formatted: true
    property color ink: Theme.text

    // What a model writes must not fetch or run anything: images become links, and
    // HTML is shown as it is.
    function harmless(text: string): string {
        return text.replace(/(`+)[^`]*?\1|!(?=\[)|<(?=[A-Za-z\/!?])/g, found => found === "!" ? "" : found === "<" ? "&lt;" : found);
    }

    function kindOf(line: string): string {
        return line.startsWith("|") ? "table" : line.startsWith(">") ? "quote" : "text";
    }

    // Code, tables and quotations are blocks, and so is each paragraph that is not
    // in a list.
    function blocksOf(text: string): var {
        const blocks = [];
        let fence = "";
        let blank = false;
        for (const line of text.split("\n")) {
            const last = blocks[blocks.length - 1];
            const mark = line.match(/^ {0,3}(```+|~~~+)/)?.[1] ?? "";
            const kind = kindOf(line);
            if (fence !== "") {
                if (mark.startsWith(fence))
                    fence = "";
                else
                    last.lines.push(line);
            } else if (mark !== "") {
                fence = mark;
                blocks.push({
                    "kind": "code",
                    "lines": []
                });
            } else if (line.trim() === "") {
                blank = true;
                continue;
            } else if (last?.kind === kind && !(blank && (kind !== "text" || /^[^\s\-*+\d]/.test(line)))) {
                last.lines.push(...(blank ? ["", line] : [line]));
            } else {
                blocks.push({
                    "kind": kind,
                    "lines": [line]
                });
            }
            blank = false;
        }
        return blocks;
    }

    function show() {
        const parts = formatted ? blocksOf(content) : [
            {
                "kind": "plain",
                "lines": [content]
            }
        ];
        for (let i = 0; i < parts.length; ++i) {
            const kind = parts[i].kind;
            const lines = kind === "quote" ? parts[i].lines.map(line => line.replace(/^> ?/, "")) : parts[i].lines;
            const text = lines.join("\n");
            const block = {
                "kind": kind,
                "source": kind === "code" || kind === "plain" ? text : harmless(text)
            };
            if (i === blocks.count)
                blocks.append(block);
            else if (blocks.get(i).kind !== block.kind || blocks.get(i).source !== block.source)
                blocks.set(i, block);
        }
        if (blocks.count > parts.length)
            blocks.remove(parts.length, blocks.count - parts.length);
    }

    spacing: Theme.gap
    activeFocusOnTab: true
    Accessible.role: Accessible.Paragraph
    Accessible.name: content
    onContentChanged: show()
    onFormattedChanged: show()

    ListModel {
        id: blocks
    }

    Repeater {
        model: blocks

        MarkdownBlock {
            width: view.width
            ink: view.ink
            focused: view.activeFocus
        }
    }
}
