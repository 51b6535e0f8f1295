import QtQuick
import QtQuick.Controls.Basic
import HwLedger

TabButton {
    id: tab

    implicitHeight: 36
    width: implicitWidth
    leftPadding: Theme.margin
    rightPadding: Theme.margin

    contentItem: Label {
        text: tab.text
        color: tab.checked ? Theme.text : Theme.muted
        font.weight: tab.checked ? Font.DemiBold : Font.Normal
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
    }

    background: Rectangle {
        radius: Theme.radius
        color: tab.hovered ? Theme.raised : "transparent"

        Rectangle {
            anchors.bottom: parent.bottom
            width: parent.width
            height: 3
            visible: tab.checked
            color: Theme.accent
        }

        FocusRing {
            anchors.margins: 0
            shown: tab.visualFocus
        }
    }
}
