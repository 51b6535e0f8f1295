import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import HwLedger

RowLayout {
    id: conversation

    required property int index
    required property string title
    required property string whenText
    required property string modelId
    required property bool isCurrent

    signal opened
    signal removed

    spacing: 4

    AbstractButton {
        id: openButton

        Layout.fillWidth: true
        padding: 6
        text: conversation.title
        Accessible.name: conversation.title
        Accessible.description: conversation.whenText
        Accessible.checked: conversation.isCurrent
        onClicked: conversation.opened()

        contentItem: Column {
            ElidedText {
                width: parent.width
                text: conversation.title
                font.weight: conversation.isCurrent ? Font.DemiBold : Font.Normal
            }

            ElidedText {
                width: parent.width
                color: Theme.muted
                text: qsTr("%1 · %2").arg(conversation.whenText).arg(conversation.modelId)
            }
        }

        background: Rectangle {
            radius: Theme.radius
            color: conversation.isCurrent || openButton.hovered ? Theme.raised : "transparent"

            Rectangle {
                anchors.left: parent.left
                width: 3
                height: parent.height
                visible: conversation.isCurrent
                color: Theme.accent
            }

            FocusRing {
                anchors.margins: 0
                shown: openButton.visualFocus
            }
        }
    }

    ActionButton {
        implicitWidth: 34
        quiet: true
        text: "✕"
        Accessible.name: qsTr("Remove %1").arg(conversation.title)
        ToolTip.visible: hovered
        ToolTip.delay: 500
        ToolTip.text: Accessible.name
        onClicked: conversation.removed()
    }
}
