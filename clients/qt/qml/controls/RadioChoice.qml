import QtQuick
import QtQuick.Controls.Basic
import HwLedger

// One of several, without a text of its own.
RadioButton {
    id: choice

    implicitWidth: 26
    implicitHeight: 26
    padding: 4

    indicator: Rectangle {
        x: choice.leftPadding
        y: choice.topPadding
        implicitWidth: 18
        implicitHeight: 18
        radius: 9
        color: Theme.base
        border.color: choice.checked ? Theme.accent : Theme.border
        border.width: choice.checked ? 2 : 1

        Rectangle {
            anchors.centerIn: parent
            width: 8
            height: 8
            radius: 4
            visible: choice.checked
            color: Theme.accent
        }

        FocusRing {
            radius: height / 2
            shown: choice.visualFocus
        }
    }

    contentItem: null
}
