import QtQuick
import HwLedger

// Markdown that can be selected and copied. While it is being written it is shown
// as it is: to lay a long answer out anew for each frame would make it stutter.
TextEdit {
    property string content
    property bool settled: true

    text: content
    textFormat: settled ? TextEdit.MarkdownText : TextEdit.PlainText
    readOnly: true
    selectByMouse: true
    activeFocusOnTab: true
    wrapMode: TextEdit.Wrap
    color: Theme.text
    selectionColor: Theme.accent
    selectedTextColor: Theme.accentInk
    Accessible.role: Accessible.Paragraph
    Accessible.name: content
    onLinkActivated: link => Qt.openUrlExternally(link)

    FocusRing {
        shown: parent.activeFocus
    }
}
