import QtQuick
import QtQuick.Controls.Basic
import HwLedger

Button {
    id: button

    // The one thing that this place is for.
    property bool primary: false

    readonly property bool filled: primary || checked

    implicitHeight: 34
    leftPadding: 12
    rightPadding: 12
    topPadding: 4
    bottomPadding: 4

    contentItem: Label {
        text: button.text
        font: button.font
        color: button.filled ? Theme.accentInk : Theme.text
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
        opacity: button.enabled ? 1 : 0.5
    }

    background: Rectangle {
        implicitWidth: 40
        radius: Theme.radius
        color: button.filled ? Theme.accent : button.down || button.hovered ? Theme.trough : Theme.raised
        border.color: button.filled ? Theme.accent : Theme.border
        opacity: button.enabled ? 1 : 0.5

        FocusRing {
            shown: button.visualFocus
        }
    }
}
