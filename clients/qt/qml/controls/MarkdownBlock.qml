import QtQuick
import HwLedger

// A paragraph or more, a table, a quotation or code; can be selected and copied.
Item {
    id: block

    // "text", "table", "quote", "code" or "plain".
    required property string kind
    required property string source
    required property color ink
    property bool focused: false

    readonly property bool isCode: kind === "code"
    readonly property bool isQuote: kind === "quote"

    implicitHeight: area.implicitHeight + (isCode ? 2 * Theme.gap : 0)

    Rectangle {
        anchors.fill: parent
        visible: block.isCode
        color: Theme.window
        border.color: Theme.line
        radius: Theme.radius
    }

    Rectangle {
        anchors.left: parent.left
        width: 3
        height: parent.height
        visible: block.isQuote || block.focused
        color: block.focused ? Theme.accent : Theme.border
    }

    TextEdit {
        id: area

        anchors.fill: parent
        anchors.topMargin: block.isCode ? Theme.gap : 0
        anchors.leftMargin: block.isCode || block.isQuote ? 12 : 0
        anchors.rightMargin: block.isCode ? copy.width + Theme.gap : 0
        text: block.source
        textFormat: block.isCode || block.kind === "plain" ? TextEdit.PlainText : TextEdit.MarkdownText
        readOnly: true
        selectByMouse: true
        wrapMode: TextEdit.Wrap
        font.family: block.isCode ? Theme.fixedFont : Application.font.family
        color: block.isQuote ? Theme.muted : block.ink
        selectionColor: Theme.accent
        selectedTextColor: Theme.accentInk
        Accessible.ignored: true
        onLinkActivated: link => {
            if (/^https?:/i.test(link))
                Qt.openUrlExternally(link);
        }
    }

    CopyButton {
        id: copy

        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: 3
        visible: block.isCode
        quiet: true
        implicitHeight: 26
        content: block.source
        subject: qsTr("code")
    }
}
