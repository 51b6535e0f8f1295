import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

// A command to be copied into a terminal.
RowLayout {
    id: command

    required property string name
    required property string content

    spacing: Theme.gap

    TextArea {
        Layout.fillWidth: true
        readOnly: true
        text: command.content
        font.family: Theme.fixedFont
        wrapMode: TextEdit.Wrap
        padding: 8
        leftPadding: 10
        Accessible.name: command.name
        KeyNavigation.priority: KeyNavigation.BeforeItem
        KeyNavigation.tab: copy

        background: Rectangle {
            color: Theme.raised
            radius: Theme.radius
            border.color: Theme.accent
            border.width: parent.activeFocus ? 2 : 0
        }
    }

    CopyButton {
        id: copy

        Layout.alignment: Qt.AlignTop
        content: command.content
        subject: command.name
    }
}
