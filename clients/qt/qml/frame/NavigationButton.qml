import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Controls.impl
import HwLedger

AbstractButton {
    id: button

    property bool wide: true
    property url symbol
    property string shortcut

    implicitWidth: wide ? 168 : 44
    implicitHeight: 44
    leftPadding: 12
    rightPadding: 12
    focusPolicy: Qt.StrongFocus

    Accessible.role: Accessible.PageTab
    Accessible.name: text
    Accessible.checked: checked

    ToolTip.visible: hovered
    ToolTip.delay: 500
    ToolTip.text: qsTr("%1 (%2)").arg(text).arg(shortcut)

    Shortcut {
        sequences: [button.shortcut]
        onActivated: button.clicked()
    }

    contentItem: Row {
        spacing: 12

        IconImage {
            anchors.verticalCenter: parent.verticalCenter
            source: button.symbol
            color: label.color
            sourceSize: Qt.size(20, 20)
        }

        Label {
            id: label

            anchors.verticalCenter: parent.verticalCenter
            visible: button.wide
            text: button.text
            color: button.checked ? Theme.accentInk : Theme.text
            font.weight: button.checked ? Font.DemiBold : Font.Normal
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: button.checked ? Theme.accent : button.hovered ? Theme.raised : "transparent"

        FocusRing {
            shown: button.visualFocus
        }
    }
}
