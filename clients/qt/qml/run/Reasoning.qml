import QtQuick
import QtQuick.Layouts
import HwLedger

// What the model thought before it answered, folded away unless asked for.
ColumnLayout {
    id: reasoning

    required property string content
    required property bool thinking

    spacing: 4

    ActionButton {
        id: fold

        implicitHeight: 26
        checkable: true
        text: reasoning.thinking ? qsTr("Thinking…") : checked ? qsTr("Hide the reasoning") : qsTr("Show the reasoning")
    }

    MarkdownView {
        Layout.fillWidth: true
        visible: fold.checked
        content: fold.checked ? reasoning.content : ""
        formatted: false
        ink: Theme.muted
    }
}
